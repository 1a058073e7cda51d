#pragma once

// What the commands that speak the API share: how they are added, ask and show. One file for each group.

#include <functional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "core/result.hpp"

namespace notify {

/// What the chosen command does, once the settings are read.
using Run = std::function<Result<void>()>;

/// How an answer is shown to people.
using Print = std::function<void(const boost::json::value&)>;

/// Lives while the line is parsed and the chosen command runs; so do the three it borrows.
class CommandLine final {
public:
    CommandLine(ApiClient& client, const bool& json, Run& run) : client_(client), json_(json), run_(run) {}

    ~CommandLine() = default;
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// A group of commands: "buckets".
    static CLI::App& Group(CLI::App& app, const std::string& name, const std::string& what);

    /// A command of a group. `act` is run when it is the chosen one.
    CLI::App& Add(CLI::App& group, const std::string& name, const std::string& what, Run act);

    /// Asks the API and shows the answer: as JSON, or to people.
    [[nodiscard]] Result<void> Ask(
        std::string_view method, const std::string& target, const boost::json::value& body, const Print& print
    );

    /// Asks and shows nothing yet.
    [[nodiscard]] Result<boost::json::value> Call(
        std::string_view method, const std::string& target, const boost::json::value& body
    );

    /// ApiClient::List, and shows it.
    [[nodiscard]] Result<void> ShowAll(const std::string& target, const Print& print);

    /// ApiClient::List.
    [[nodiscard]] Result<boost::json::value> List(const std::string& target) { return client_.List(target); }

    /// ApiClient::Fetch.
    [[nodiscard]] Result<std::string> Fetch(
        std::string_view method, const std::string& target, const boost::json::value& body = nullptr
    ) {
        return client_.Fetch(method, target, body);
    }

    void Show(const boost::json::value& answer, const Print& print) const;

    /// True when programs read what is shown: then one JSON text is, and nothing beside it.
    [[nodiscard]] bool AsJson() const noexcept { return json_; }

    Words words;  ///< What the command was given.

private:
    ApiClient& client_;
    const bool& json_;
    Run& run_;
};

void AddBucketCommands(CLI::App& app, CommandLine& line);
void AddSourceCommands(CLI::App& app, CommandLine& line);
void AddRuleCommands(CLI::App& app, CommandLine& line);
void AddItemCommands(CLI::App& app, CommandLine& line);

/// Runs again or cancels ("rerun", "cancel") what a list of items with the same options has, page by page.
[[nodiscard]] Result<void> ForAllItems(CommandLine& line, std::string_view action);

/// Commands of first contact with old buckets, in the groups of buckets and items, which are there.
void AddBacklogCommands(const CLI::App& app, CommandLine& line);
void AddPeopleCommands(CLI::App& app, CommandLine& line);

/// Who somebody is, where they are seen and why, with pictures: in the group of people.
void AddFaceCommands(CLI::App& group, CommandLine& line);

/// People as files, in and out, in the group of people, which is there.
void AddGalleryCommands(const CLI::App& app, CommandLine& line);

/// Questions about faces and pictures to look for, in the group of people, which is there.
void AddReviewCommands(const CLI::App& app, CommandLine& line);
/// In the group of people, which is there.
void AddWhatIfCommand(const CLI::App& app, CommandLine& line);
void AddWebhookCommands(CLI::App& app, CommandLine& line);
void AddEventCommands(CLI::App& app, CommandLine& line);
void AddMessageCommands(CLI::App& app, CommandLine& line);
void AddNodeCommands(CLI::App& app, CommandLine& line);

/// Also those of buckets, whose group is there.
void AddPauseCommands(CLI::App& app, CommandLine& line);
void AddRetentionCommands(CLI::App& app, CommandLine& line);
void AddIconikCommands(CLI::App& app, CommandLine& line);
void AddKeyCommands(CLI::App& app, CommandLine& line);

/// The place and settings of a bucket that is added, or only looked into.
void AddOptionsOfAdd(CLI::App& add, Words& words);

/// --backlog and its limits.
void AddBacklogOptions(CLI::App& command, Words& words);

/// "name, other": the processors that may be chosen, for the help.
[[nodiscard]] std::string ProcessorNames();

}  // namespace notify
