/**
 * The loader's whole style, inside its shadow root. `:host` rules are important so that no rule of the page, however
 * important itself, reaches in: among important rules the inner tree wins (CSS Cascading 4, §6.1).
 */
export const launcherStyles = `
:host{all:initial!important;position:fixed!important;inset-block-end:0!important;inset-inline-end:0!important;inline-size:0!important;block-size:0!important;z-index:var(--z,2147483000)!important;display:block!important;color-scheme:light dark!important;direction:inherit!important}
:host([hidden]){display:none!important}
*{box-sizing:border-box}
button{all:unset;box-sizing:border-box;position:fixed;inset-block-end:calc(var(--offset,20px) + env(safe-area-inset-bottom));inset-inline-end:calc(var(--offset,20px) + env(safe-area-inset-right));inline-size:56px;block-size:56px;border-radius:50%;cursor:pointer;background:var(--accent,light-dark(#0f6e6a,#5cc9bd));color:var(--on-accent,light-dark(#fff,#06201e));box-shadow:0 2px 6px rgb(0 0 0/18%),0 8px 28px rgb(0 0 0/22%);display:grid;place-items:center;transition:transform .16s cubic-bezier(.2,0,0,1);-webkit-tap-highlight-color:transparent;touch-action:manipulation}
:host([start]) button{inset-inline:calc(var(--offset,20px) + env(safe-area-inset-left)) auto}
button:hover{transform:translateY(-2px)}
button:active{transform:scale(.96)}
button:focus-visible{outline:3px solid light-dark(#0b3d3a,#d6fffa);outline-offset:3px}
button[hidden]{display:none}
svg{inline-size:28px;block-size:28px;fill:currentColor;pointer-events:none;grid-area:1/1;transition:opacity .16s,transform .16s}
[aria-expanded=false] .x,[aria-expanded=true] .o{opacity:0;transform:scale(.6)}
b{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-inline-size:22px;block-size:22px;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font:600 12px/22px system-ui,sans-serif;text-align:center;font-variant-numeric:tabular-nums}
b:empty{display:none}
div{position:fixed;inset-block-end:calc(var(--offset,20px) + 72px + env(safe-area-inset-bottom));inset-inline-end:calc(var(--offset,20px) + env(safe-area-inset-right));inline-size:min(400px,calc(100vw - 32px));block-size:min(680px,calc(100vh - var(--offset,20px) - 96px));block-size:min(680px,calc(100dvh - var(--offset,20px) - 96px));border-radius:16px;overflow:hidden;background:light-dark(#fff,#16191c);box-shadow:0 4px 12px rgb(0 0 0/14%),0 16px 56px rgb(0 0 0/24%);opacity:0;visibility:hidden;transform:translateY(12px);transition:opacity .16s,transform .16s cubic-bezier(.2,0,0,1),visibility 0s .16s}
:host([start]) div{inset-inline:calc(var(--offset,20px) + env(safe-area-inset-left)) auto}
div.open{opacity:1;visibility:visible;transform:none;transition-delay:0s}
iframe{all:unset;display:block;inline-size:100%;block-size:100%;border:0;color-scheme:inherit}
iframe.wait{opacity:0}
@media (max-width:480px),(max-height:480px){div,:host([start]) div{inset:0;inline-size:100%;block-size:100%;border-radius:0;transform:none}div.open~button{display:none}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (forced-colors:active){button{border:2px solid ButtonText}div{border:1px solid CanvasText}}
@media print{:host{display:none!important}}
`;
