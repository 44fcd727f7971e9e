// Command volume-helper makes and removes the folder behind a PersistentVolume.
//
// local-path-provisioner starts a helper Pod with the command "/bin/sh /script/setup" or "/bin/sh /script/teardown"
// and the folder in VOL_DIR; options that follow (-p, -s, -m, -a) say the same again and are not read. This program
// stands at /bin/sh in the helper's image and looks at the script's name only: it is no shell, so the image needs
// none.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Every user of a Pod may write to the volume; who may mount it is the cluster's decision.
const volumeMode = 0o777

func main() {
	if err := run(os.Args[1:], os.Getenv("VOL_DIR")); err != nil {
		fmt.Fprintln(os.Stderr, "volume-helper:", err)
		os.Exit(1)
	}
}

func run(arguments []string, folder string) error {
	if len(arguments) == 0 {
		return errors.New("/script/setup or /script/teardown is needed as the first argument")
	}
	if err := check(folder); err != nil {
		return err
	}
	switch action := filepath.Base(arguments[0]); action {
	case "setup":
		return makeVolume(folder)
	case "teardown":
		return os.RemoveAll(folder)
	default:
		return fmt.Errorf("unknown action %q; known are setup and teardown", action)
	}
}

// check refuses anything but a folder that the provisioner named: teardown removes it with all that is inside.
func check(folder string) error {
	if folder == "" {
		return errors.New("VOL_DIR is not set")
	}
	named := strings.HasPrefix(filepath.Base(folder), "pvc-") && filepath.Dir(folder) != "/"
	if !filepath.IsAbs(folder) || filepath.Clean(folder) != folder || !named {
		return fmt.Errorf("VOL_DIR is %q: not an absolute folder of the provisioner, .../pvc-*", folder)
	}
	return nil
}

func makeVolume(folder string) error {
	if err := os.MkdirAll(folder, volumeMode); err != nil {
		return err
	}
	// MkdirAll is subject to the umask.
	return os.Chmod(folder, volumeMode)
}
