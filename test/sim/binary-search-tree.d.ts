declare module '*/binarySearchTree.js' {
  export default class BinarySearchTree {}
}
