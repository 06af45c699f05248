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

    // Conversations that this browser keeps, one to a key so that tabs do not overwrite each other.
    const KEPT = "article-assistant:";
    const MOST = 30;
    const NOW = `${KEPT}now`;  // in the tab's own storage: which of them it shows
    const talks = () =>
        Object.keys(localStorage)
            .filter((key) => key.startsWith(KEPT))
            .flatMap((key) => {
                try {
                    const {kept, title, record} = JSON.parse(localStorage.getItem(key));
                    return [{key, kept: Number(kept), title: String(title), record: String(record)}];
                } catch {
                    localStorage.removeItem(key);
                    return [];
                }
            })
            .sort((one, other) => other.kept - one.kept);

    const store = (key, value) => {
        for (;;) {
            try {
                return localStorage.setItem(key, value);
            } catch {  // the browser's share is full: the oldest makes room
                const oldest = talks().filter((each) => each.key !== key).pop();
                if (!oldest) return;
                localStorage.removeItem(oldest.key);
            }
        }
    };

    // A record may come late, after another conversation was opened: it goes by its own name.
    const forgotten = new Set();
    const keep = (record) => {
        if (!record) return;
        const {talk, title} = JSON.parse(record);
        const key = KEPT + talk;
        if (forgotten.has(key)) return;
        sessionStorage.setItem(NOW, key);
        store(key, JSON.stringify({kept: Date.now(), title, record}));
        for (const each of talks().slice(MOST)) localStorage.removeItem(each.key);
        draw();
    };

    const open = (talk) => {
        sessionStorage.setItem(NOW, talk.key);
        find("#talks details").open = false;
        tell("select", [talk.record]);
        find("#question textarea").focus();
    };

    const forget = (talk) => {
        localStorage.removeItem(talk.key);
        forgotten.add(talk.key);
        if (sessionStorage.getItem(NOW) === talk.key) {
            sessionStorage.removeItem(NOW);
            tell("clear", []);
        }
        draw();
        find("#talks summary").focus();
    };

    const labelled = (label, action, text) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = label;
        button.append(...text);
        button.addEventListener("click", action);
        return button;
    };

    const draw = () => {
        const list = find("#talks ul");
        const format = {day: "numeric", month: "long", hour: "2-digit", minute: "2-digit"};
        list.replaceChildren(
            ...talks().map((talk) => {
                const item = document.createElement("li");
                const time = document.createElement("time");
                time.textContent = new Date(talk.kept).toLocaleString("en-GB", format);
                const title = document.createElement("span");
                title.dir = "auto";
                title.textContent = talk.title;
                const remove = labelled("forget", () => forget(talk), ["Delete"]);
                remove.ariaLabel = `Delete “${talk.title}”`;
                item.append(labelled("open", () => open(talk), [title, time]), remove);
                return item;
            }),
        );
        find("#talks details").hidden = !list.children.length;
    };

    const remember = () => {
        draw();
        window.addEventListener("storage", draw);
        const details = find("#talks details");
        document.addEventListener("click", (event) => {
            if (!details.contains(event.target)) details.open = false;
            if (event.target.closest("button.act")?.value === "clear")
                sessionStorage.removeItem(NOW);
        });
        details.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            details.open = false;
            find("#talks summary").focus();
        });
        const shown = talks().find((each) => each.key === sessionStorage.getItem(NOW));
        const reopen = () => {
            if (!document.documentElement.classList.contains("listening"))
                setTimeout(reopen, 50);
            else tell("select", [shown.record]);
        };
        if (shown) reopen();
        else sessionStorage.removeItem(NOW);
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
    window.articleAssistant = {copy, keep: () => {}};
    try {
        remember();
        window.articleAssistant.keep = keep;
    } catch {  // a browser that may store nothing: conversations end with the page
        find("#talks details").hidden = true;
    }
}
