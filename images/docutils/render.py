"""Reads one README as docutils does: reStructuredText (UTF-8) on standard input, one JSON document on standard output.

Nothing of the README is run: no file is inserted, no raw markup passes, no configuration file is read. What is too much for it
is said in the answer ("too_much") where Python notices, and by the container's limits where it does not.
"""

import io
import json
import sys

import docutils
from docutils import core, nodes
from docutils.parsers.rst import Parser
from docutils.readers import standalone
from docutils.writers.html5_polyglot import Writer

# As github.com renders it, and with nothing of this machine in it.
SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "doctitle_xform": False,
    "strip_comments": True,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "image_loading": "link",
    "stylesheet_path": "",
    "cloak_email_addresses": False,
    "report_level": 5,
    "halt_level": 6,
    "warning_stream": False,
    "traceback": True,
    "input_encoding": "utf-8",
    "output_encoding": "unicode",
    "language_code": "en",
}
WARNING = 2
MAX_MESSAGES = 100
MAX_HTML = 2 * 1024 * 1024
MAX_TEXT = 1024 * 1024
# Words from which a paragraph is prose.
PROSE = 8
# Not the README's text: what is no longer there, and what was never to be seen.
UNSEEN = (nodes.comment, nodes.raw, nodes.system_message, nodes.substitution_definition, nodes.pending, nodes.decoration)
CODE = (nodes.literal_block, nodes.doctest_block)


class TooMuch(Exception):
    """The README grows beyond what is read."""


class Listening(standalone.Reader):
    """Hears what docutils has to say, of the parser and of the transforms after it."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def new_document(self):
        document = super().new_document()
        document.reporter.attach_observer(self.hear)
        return document

    def hear(self, message):
        if message["level"] >= WARNING and len(self.messages) < MAX_MESSAGES:
            said = message.children[0].astext() if message.children else ""
            text = clean(" ".join(said.split())[:500])
            self.messages.append({"level": message["level"], "line": message.get("line"), "text": text})


class Reading:
    """A document taken apart, in the order of its reading."""

    def __init__(self):
        self.sections, self.code, self.images, self.links = [], [], [], []
        self.paragraphs = self.size = 0

    def take(self, text):
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise TooMuch
        return clean(text)

    def begin(self, title, level, line):
        self.sections.append({"title": title, "level": level, "line": line, "text": "", "code_blocks": 0})

    def section(self):
        if not self.sections:
            self.begin(None, 0, None)
        return self.sections[-1]

    def read(self, document):
        todo = [(document, 0)]
        while todo:
            node, level = todo.pop()
            if isinstance(node, UNSEEN):
                continue
            if isinstance(node, nodes.section):
                level += 1
            elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
                self.begin(" ".join(self.take(node.astext()).split()), level, node.line or node.parent.line)
            elif isinstance(node, CODE):
                self.section()["code_blocks"] += 1
                self.code.append(self.take(node.astext()))
                continue
            elif isinstance(node, nodes.TextElement) and not isinstance(node.parent, nodes.TextElement):
                text = self.take(node.astext())
                self.section()["text"] += text + "\n"
                self.paragraphs += isinstance(node, nodes.paragraph) and len(text.split()) >= PROSE
            if isinstance(node, nodes.image):
                self.images.append(self.take(node.get("uri", "")))
            elif isinstance(node, (nodes.reference, nodes.target)) and "refuri" in node:
                self.links.append(self.take(node["refuri"]))
            todo.extend((child, level) for child in reversed(node.children))


def clean(text):
    # A lone surrogate is no text to whoever reads the answer.
    return text.encode("utf-8", "replace").decode("utf-8")


def answer(source):
    reader, reading = Listening(), Reading()
    publisher = core.Publisher(reader, Parser(), Writer(), source_class=docutils.io.StringInput,
                               destination_class=docutils.io.StringOutput)
    publisher.process_programmatic_settings(None, SETTINGS, None)
    publisher.set_source(source, None)
    publisher.set_destination(None, None)
    try:
        publisher.publish()
        html = clean(publisher.writer.parts["body"])
        reading.read(publisher.document)
        if len(html) > MAX_HTML:
            raise TooMuch
    except (MemoryError, RecursionError, TooMuch) as error:
        return {"too_much": type(error).__name__}
    except Exception as error:
        # docutils' own mistake: the README is not rendered anywhere, and its author should know.
        return {"broken": clean(f"{type(error).__name__}: {error}")[:500]}
    document = {"sections": reading.sections, "code": reading.code, "images": reading.images, "links": reading.links,
                "paragraphs": reading.paragraphs}
    return {"html": html, "messages": reader.messages, "document": document}


if __name__ == "__main__":
    said = answer(sys.stdin.buffer.read())
    said["renderer"] = f"docutils {docutils.__version__}"
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    json.dump(said, out, ensure_ascii=False)
    out.flush()
