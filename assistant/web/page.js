() => {
    // Everything is found anew when it is needed: Gradio paints the page again and again.
    const find = (selector) => document.querySelector(selector);
    const shown = (selector) =>
        [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
    const tell = (name, values) =>
        document.dispatchEvent(new CustomEvent("act", {detail: {name, values}}));

    // Shows what a new question brings even to a reader who had scrolled away, and puts out the
    // card that was lit; takes off labels that would read HTML source to a blind reader.
    const follow = () => {
        const chat = find("#chat");
        let asked = 0;
        new MutationObserver(() => {
            for (const each of chat.querySelectorAll("[data-testid=user], [data-testid=bot]"))
                each.removeAttribute("aria-label");
            const now = chat.querySelectorAll(".question").length;
            if (now > asked) {
                const log = chat.querySelector("[role=log]");
                log.scrollTop = log.scrollHeight;
                find("#panel").scrollTop = 0;
                location.replace("#");
            }
            asked = now;
        }).observe(chat, {childList: true, subtree: true});
    };

    // The article that is read: focus goes to its quote, and afterwards back to where it came from.
    const read = () => {
        let opener = "";
        let reading = null;
        document.addEventListener("click", (event) => {
            const button = event.target.closest("button.act");
            if (button?.value.startsWith("expand ")) opener = button.value;
            if (reading && event.target.closest("a.cite")) {
                opener = "";
                tell("collapse", []);
            }
        });
        document.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && reading) tell("collapse", []);
        });
        new MutationObserver(() => {
            const now = find("#article .reading");
            if (now === reading) return;
            const closed = reading && !now;
            reading = now;
            // On a phone the article covers the chat, which nobody should reach by keyboard then.
            find("#talk").inert = Boolean(now) && matchMedia("(max-width: 800px)").matches;
            if (now) {
                const quote = find("#quoted");
                (quote ?? find("#article .back")).focus({preventScroll: true});
                (quote ?? now).scrollIntoView({block: quote ? "center" : "start"});
            } else if (closed && opener) {
                shown(`button.act[value="${opener}"]`)?.focus();
            } else if (closed) {
                find(location.hash || "#panel")?.scrollIntoView();
            }
        }).observe(find("#article"), {childList: true, subtree: true});
    };

    let pressed = null;
    const copy = async (text) => {
        if (!text) return;
        try {
            await navigator.clipboard.writeText(text);
        } catch {  // only pages of this machine or over https may; others must select it
            const box = document.body.appendChild(document.createElement("textarea"));
            box.value = text;
            box.select();
            document.execCommand("copy");
            box.remove();
        }
        const [button, label] = [pressed, pressed.textContent];
        button.focus();
        button.textContent = "Copied ✓";
        setTimeout(() => (button.textContent = label), 2000);
    };

    document.addEventListener("click", (event) => {
        const button = event.target.closest("button.act");
        if (!button) return;
        if (button.value.startsWith("copy ")) pressed = button;
        const [name, ...values] = button.value.split(" ");
        tell(name, values);
    });
    follow();
    read();
    window.articleAssistant = {copy};
}
