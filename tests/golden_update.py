"""`make golden`: write the golden files anew, and say which changed."""

from tests.golden import FOLDER, kept, rendered


def main() -> None:
    before, after = kept(), rendered()
    for name in sorted(before.keys() - after.keys()):
        (FOLDER / name).unlink()
        print(f"removed  {name}")
    for name, text in after.items():
        if before.get(name) != text:
            path = FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{'changed' if name in before else 'added':8} {name}")
    print(f"{len(after)} golden files are up to date")


if __name__ == "__main__":
    main()
