import { css } from 'lit';

export const styles = css`
  :host {
    --size: 2.5rem;
    display: inline-block;
    flex: none;
    position: relative;
    inline-size: var(--size);
    block-size: var(--size);
    vertical-align: middle;
  }
  .face {
    display: grid;
    place-items: center;
    inline-size: 100%;
    block-size: 100%;
    border-radius: 50%;
    overflow: hidden;
    background: var(--colour);
    color: #fff;
    font-size: calc(var(--size) * 0.38);
    font-weight: 600;
    line-height: 1;
    letter-spacing: 0.01em;
    user-select: none;
  }
  :host([room]) .face {
    border-radius: 30%;
  }
  .face .icon {
    inline-size: 56%;
    block-size: 56%;
  }
  img {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .dot {
    position: absolute;
    inset-block-end: 0;
    inset-inline-end: 0;
    inline-size: max(0.5rem, calc(var(--size) * 0.25));
    block-size: max(0.5rem, calc(var(--size) * 0.25));
    border-radius: 50%;
    outline: 2px solid var(--t-avatar-ring, var(--t-surface));
    background: var(--t-line-strong);
  }
  .dot.available,
  .dot.chat {
    background: var(--t-ok);
  }
  .dot.away,
  .dot.xa {
    background: var(--t-away);
  }
  .dot.dnd {
    background: var(--t-danger);
  }
  .dot.offline {
    background: var(--t-avatar-ring, var(--t-surface));
    box-shadow: inset 0 0 0 2px var(--t-line-strong);
  }
  @media (forced-colors: active) {
    .face {
      border: 1px solid CanvasText;
    }
    .dot {
      forced-color-adjust: none;
    }
  }
`;
