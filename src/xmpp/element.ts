/** The wire library's element builder; the only way the project makes XML. */
import { xml, Element } from '@xmpp/xml';
export { xml, Element };

/** NS of stanzas (RFC 6120 §4.8.2) and of stanza errors (§8.3). */
export const NS_CLIENT = 'jabber:client';
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** Child elements, without the text between them. */
export const childElements = (element: Element): Element[] => element.children.filter((child): child is Element => typeof child !== 'string');
