import { expect } from '@open-wc/testing';
import { Launcher } from '../../embed/launcher.js';
import type { Settings } from '../../embed/settings.js';

function launch(settings: Settings, toggle: () => void = () => {}): { launcher: Launcher; button: HTMLButtonElement; root: ShadowRoot } {
  const launcher = new Launcher(settings, toggle, () => {});
  const root = launcher.host.shadowRoot!;
  return { launcher, root, button: root.querySelector('button')! };
}

describe('embed/launcher', () => {
  let made: Launcher[] = [];
  afterEach(() => {
    for (const launcher of made) launcher.remove();
    made = [];
  });
  const start = (settings: Settings, toggle?: () => void): ReturnType<typeof launch> => {
    const result = launch(settings, toggle);
    made.push(result.launcher);
    return result;
  };

  it('is a button with a name, a state and the unread count', () => {
    const { launcher, button } = start({ locale: 'en' });
    expect(button.getAttribute('aria-label')).to.equal('Open chat');
    expect(button.getAttribute('aria-expanded')).to.equal('false');
    launcher.setUnread(3);
    expect(button.getAttribute('aria-label')).to.equal('Open chat (3 unread)');
    launcher.setOpen(true);
    expect(button.getAttribute('aria-label')).to.equal('Close chat (3 unread)');
    expect(button.getAttribute('aria-expanded')).to.equal('true');
    launcher.setLocale('de-AT');
    expect(button.getAttribute('aria-label')).to.match(/^Chat schließen/);
  });

  it('keeps its looks under hostile rules', () => {
    const style = document.createElement('style');
    style.textContent = `* { all: revert; box-sizing: content-box !important; } tertulia-launcher { display: none !important; position: static !important; transform: scale(3) !important; opacity: 0 !important; font-size: 90px !important }
      button { background: red !important; padding: 5em !important; position: static !important }`;
    document.head.append(style);
    const { launcher, button } = start({});
    try {
      const host = getComputedStyle(launcher.host);
      expect([host.display, host.position, host.transform, host.opacity]).to.deep.equal(['block', 'fixed', 'none', '1']);
      const box = button.getBoundingClientRect();
      expect([box.width, box.height]).to.deep.equal([56, 56]);
      expect(innerWidth - box.right).to.be.within(0, 40);
    } finally {
      style.remove();
    }
  });

  it('takes the owner’s colour only where it is one, and writes readably on it', () => {
    const { button } = start({ accent: '#ffe000' });
    expect(button.style.getPropertyValue('--on-accent')).to.equal('#000');
    const other = start({ accent: 'red; background: url(//evil)' });
    expect(other.button.style.getPropertyValue('--accent')).to.equal('');
  });

  it('hands over to the page’s own button and gives it back', () => {
    const own = document.createElement('button');
    own.id = 'own';
    document.body.append(own);
    let toggled = 0;
    const { launcher, button } = start({ launcher: '#own' }, () => toggled++);
    expect(button.hidden).to.equal(true);
    own.click();
    expect(toggled).to.equal(1);
    // The page has swapped its body: another button, the same launcher.
    const other = own.cloneNode() as HTMLElement;
    own.replaceWith(other);
    other.click();
    expect(toggled).to.equal(2);
    other.replaceWith(own);
    expect(own.getAttribute('aria-expanded')).to.equal('false');
    launcher.remove();
    own.click();
    expect(toggled).to.equal(2);
    expect(own.hasAttribute('aria-expanded')).to.equal(false);
    own.remove();
  });
});
