// notifications-api people export, import

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/photo_archive.hpp"
#include "app/commands/photo_verdicts.hpp"
#include "app/commands/printing.hpp"
#include "app/commands/secret_input.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "people/gallery_seal.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// Folders that are people: Name/photo.jpg.
Result<std::vector<std::filesystem::path>> PeopleIn(const std::filesystem::path& folder) {
    std::error_code failed;
    std::vector<std::filesystem::path> people;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.is_directory()) {
            people.push_back(entry.path());
        }
    }
    if (failed) {
        return Fail(
            ErrorCode::kNotFound, fmt::format("{} cannot be read: {}", folder.string(), failed.message())
        );
    }
    if (people.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "there is no folder in {}: it holds one for each person, with photos in it", folder.string()
            )
        );
    }
    std::ranges::sort(people);
    return people;
}

/// What became of one folder's photos: {name, person, sentence, verdicts}; without `person` nobody was
/// enrolled, and the sentence says why.
object EnrolFolder(CommandLine& line, const std::filesystem::path& folder) {
    Words words;
    words.name = folder.filename().string();
    words.photos = {folder.string()};
    const auto body = EnrolmentBody(words);
    const auto answer =
        body ? line.Call("POST", "/v1/people", *body) : Result<value>(Unexpected(body.error()));
    return {
        {"name", words.name},
        {"person", answer ? answer->at("person") : value("")},
        {"sentence", answer ? "" : answer.error().message},
        {"verdicts", answer ? answer->at("verdicts") : value(array{})}
    };
}

void PrintEnrolled(const value& row) {
    if (Shown(row, "person").empty()) {
        fmt::print("{}: {}\n", Shown(row, "name"), Shown(row, "sentence"));
    }
    for (const auto& verdict : row.at("verdicts").as_array()) {
        if (!verdict.at("accepted").as_bool()) {
            fmt::print(
                "{}/{}: {}\n", Shown(row, "name"), Shown(verdict, "file_name"), Shown(verdict, "sentence")
            );
        }
    }
}

/// Enrols each folder's photos under its name. What is refused of one keeps nobody else from being enrolled,
/// and is a failure in the end.
Result<void> ImportFolder(CommandLine& line, const std::filesystem::path& from) {
    const auto people = PeopleIn(from);
    if (!people) {
        return Unexpected(people.error());
    }
    array rows;
    std::size_t enrolled = 0;
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const auto& folder : *people) {
        const value row = EnrolFolder(line, folder);
        enrolled += Shown(row, "person").empty() ? 0U : 1U;
        refused += RefusedOf(row);
        for (const auto& verdict : row.at("verdicts").as_array()) {
            accepted += verdict.at("accepted").as_bool() ? 1U : 0U;
        }
        if (!line.AsJson()) {
            PrintEnrolled(row);
        }
        rows.push_back(row);
    }
    line.Show(object{{"rows", std::move(rows)}}, [&](const value&) {
        fmt::print("{} of {} people enrolled, with {} new photos\n", enrolled, people->size(), accepted);
    });
    if (enrolled < people->size()) {
        return Fail(ErrorCode::kInvalidArgument, "not everybody was enrolled: the sentences above say why");
    }
    return refused == 0 ? Result<void>{}
                        : Fail(
                              ErrorCode::kUnsupported,
                              fmt::format(
                                  "{} refused: the sentences above say why",
                                  Counted(std::to_string(refused), "photo was", "photos were")
                              )
                          );
}

/// Who types a passphrase types it twice: one that was mistyped opens nothing ever again.
Result<std::string> NewPassphrase(const std::string& file) {
    auto passphrase = ReadSecret(file, "passphrase");
    if (!passphrase || file != "-" || ::isatty(STDIN_FILENO) == 0) {
        return passphrase;
    }
    const auto again = ReadSecret(file, "the same passphrase again");
    return !again || *again == *passphrase
               ? again
               : Fail(ErrorCode::kInvalidArgument, "the two passphrases are not the same");
}

Result<void> Export(CommandLine& line) {
    const std::filesystem::path to(line.words.path);
    std::error_code ignored;
    if (std::filesystem::exists(to, ignored)) {
        return Fail(ErrorCode::kConflict, fmt::format("{} is there already", to.string()));
    }
    const auto passphrase = NewPassphrase(line.words.passphrase_file);
    if (!passphrase) {
        return Unexpected(passphrase.error());
    }
    const auto file = line.Fetch(
        "POST",
        "/v1/people/export",
        object{
            {"passphrase", *passphrase}, {"people", Texts(line.words.people)}, {"crops", !line.words.no_crops}
        }
    );
    const auto written = file ? WriteFileAtomically(to, *file, 0600) : Unexpected(file.error());
    if (written) {
        line.Show(object{{"file", to.string()}, {"size_bytes", file->size()}}, [&](const value&) {
            fmt::print(
                "{} holds them, sealed; elsewhere: notifications-api people import FILE\n", to.string()
            );
        });
    }
    return written;
}

Result<bool> BeginsAsGallery(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string start(64, '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    return !file.is_open() ? Fail(ErrorCode::kForbidden, fmt::format("{} cannot be read", path.string()))
                           : Result<bool>(IsSealedGallery(start));
}

void PrintMoved(const value& person) {
    const auto sentence = Shown(person, "sentence");
    fmt::print(
        "{}: {}{}{}{}\n",
        Shown(person, "name"),
        Shown(person, "outcome"),
        person.at("edit").as_string().empty() ? std::string()
                                              : fmt::format(
                                                    ", {}; to undo: notifications-api people undo {}",
                                                    Counted(Shown(person, "photos"), "photo", "photos"),
                                                    Shown(person, "edit")
                                                ),
        sentence.empty() ? "" : "; ",
        sentence
    );
}

Result<void> ImportGallery(CommandLine& line, const std::filesystem::path& from) {
    const auto bytes = ReadFile(from, kMostGalleryBytes);
    const auto passphrase = bytes ? ReadSecret(line.words.passphrase_file, "passphrase")
                                  : Result<std::string>(Unexpected(bytes.error()));
    if (!passphrase) {
        return Unexpected(passphrase.error());
    }
    const auto answer = line.Call(
        "POST",
        "/v1/people/import",
        object{{"passphrase", *passphrase}, {"base64", ToBase64(*bytes)}, {"again", line.words.again}}
    );
    if (!answer) {
        return Unexpected(answer.error());
    }
    line.Show(*answer, [](const value& shown) {
        for (const auto& person : shown.at("rows").as_array()) {
            PrintMoved(person);
        }
    });
    const auto refused = std::ranges::count_if(answer->at("rows").as_array(), [](const value& person) {
        return person.at("outcome") == "refused";
    });
    return refused == 0
               ? Result<void>{}
               : Fail(
                     ErrorCode::kUnsupported,
                     fmt::format("{} of {} people refused", refused, answer->at("rows").as_array().size())
                 );
}

Result<void> Import(CommandLine& line) {
    const std::filesystem::path from(line.words.path);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(from, ignored)) {
        return ImportFolder(line, from);
    }
    const auto is_gallery = BeginsAsGallery(from);
    if (!is_gallery || *is_gallery) {
        return is_gallery ? ImportGallery(line, from) : Unexpected(is_gallery.error());
    }
    return UnpackedPhotos::Of(from).and_then([&](const UnpackedPhotos& photos) {
        return ImportFolder(line, photos.Folder());
    });
}

}  // namespace

void AddGalleryCommands(const CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = *app.get_subcommand("people");
    const auto passphrase = [&](CLI::App& command) {
        command.add_option(
            "--passphrase-file",
            words.passphrase_file,
            "A file whose first line it is; - for standard input (-)"
        );
    };
    auto& leave =
        line.Add(group, "export", "Enrolled people as a sealed file for another installation", [&line] {
            return Export(line);
        });
    leave.add_option("file", words.path, "Where it is written")->required();
    leave.add_option("--person", words.people, "Only these: ids or names");
    leave.add_flag("--no-crops", words.no_crops, "Without the pictures of the faces");
    passphrase(leave);
    auto& come = line.Add(
        group,
        "import",
        "Enrol everybody of a folder or an archive, Name/photo.jpg, or of another installation's file",
        [&line] { return Import(line); }
    );
    come.add_option(
            "from",
            words.path,
            "A folder, or a zip or tar file, that holds one folder for each person; or what people export "
            "wrote"
    )
        ->required();
    come.add_flag("--again", words.again, "Also who was erased here, of an exported file");
    passphrase(come);
}

}  // namespace notify
