// The two texts that are made from the table of settings.

#include <string>
#include <string_view>

#include <fmt/core.h>

#include "app/settings.hpp"

namespace notify {

std::string DotEnvExample() {
    std::string text =
        "# Settings of the Notifications API. Copy to .env (mode 0600) and change what you need.\n"
        "# The environment wins over this file; an empty variable there undoes a line here. Every NAME may "
        "also be given\n# as NAME_FILE: a file that holds the value.\n";
    std::string_view section;
    for (const auto& row : SettingRows()) {
        if (row.section != section) {
            section = row.section;
            text += fmt::format("\n# {}\n", section);
        }
        text += fmt::format(
            "\n# {} Allowed: {}.\n#{}={}\n", row.description, row.allowed, row.name, row.default_value
        );
    }
    return text;
}

std::string ConfigurationPage() {
    std::string text =
        R"(# Configuration

Settings come from the environment and from a file `.env` in the working folder; the environment wins, and an
empty variable there undoes a line of the file. Every `NAME` may also be given as `NAME_FILE`, the path of a file
that holds the value. A name that begins with `STORE_` is a credential of your own, which sources refer to
([sources](sources/s3.md)). Only `serve`, `migrate` and `restore` make `DATA_DIR`; every other command says when there is no data in
it, so give it as an absolute path when commands run from several folders. This page and `.env.example` are made from
the one table in `src/app/settings_table.cpp` (`notifications-api settings --write`).
)";
    std::string_view section;
    for (const auto& row : SettingRows()) {
        if (row.section != section) {
            section = row.section;
            text += fmt::format(
                "\n## {}\n\n| name | default | allowed | meaning |\n|---|---|---|---|\n", section
            );
        }
        const auto shown_default =
            row.default_value.empty() ? std::string() : fmt::format("`{}`", row.default_value);
        const auto later =
            row.not_yet.empty() ? std::string() : fmt::format(" Known, and warned about: {}.", row.not_yet);
        text += fmt::format(
            "| `{}`{} | {} | {} | {}{} |\n",
            row.name,
            row.secret ? " (secret)" : "",
            shown_default,
            row.allowed,
            row.description,
            later
        );
    }
    return text;
}

}  // namespace notify
