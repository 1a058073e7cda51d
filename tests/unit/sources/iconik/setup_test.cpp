#include "sources/iconik/setup.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/iconik/webhooks.hpp"
#include "sources/setup.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

using boost::json::object;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUrl = "https://notify.example.com/v1/intake/iconik";
constexpr std::string_view kHooks = "notifications/v1/webhooks/";
constexpr std::string_view kActions = "assets/v1/custom_actions/ASSET/";

class IconikSetupTest : public IconikTest {
protected:
    IconikSetupTest() {
        config_.telling.system_endpoint = "https://notify.example.com";
        wish_.secret = "secret-of-sixteen";
    }

    SetupOutcome Run() {
        const auto act = wish_.remove ? TakeAway : iconik::SetUp;
        const auto outcome = act(client_, config_, wish_, {});
        EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
        return outcome.value_or(SetupOutcome{});
    }

    /// Runs, and keeps what the source's configuration is to have.
    SetupOutcome RunAndKeep() {
        auto outcome = Run();
        const auto& kept = outcome.config;
        config_.telling.webhooks.clear();
        for (const auto& id : kept.at("webhooks").as_array()) {
            config_.telling.webhooks.emplace_back(id.as_string());
        }
        config_.telling.custom_action = TextIn(kept, "custom_action");
        if (kept.contains("names_view")) {
            config_.writing.names_view = TextIn(kept, "names_view");
            config_.writing.names_field = TextIn(kept, "names_field");
        }
        return outcome;
    }

    static std::vector<SetupState> States(const SetupOutcome& outcome) {
        std::vector<SetupState> states;
        std::ranges::transform(outcome.steps, std::back_inserter(states), &SetupStep::state);
        return states;
    }

    std::vector<object> Rows(std::string_view path) {
        std::vector<object> rows;
        const auto take = [&](const object& row) {
            rows.push_back(row);
            return Result<void>();
        };
        EXPECT_TRUE(EachByPage(client_, {.request = {.path = std::string(path), .what = "rows"}}, take, {}));
        return rows;
    }

    [[nodiscard]] std::int64_t Writes() const {
        std::int64_t count = 0;
        const auto seen = fake_.Seen();
        for (const auto& each : seen.at("writes").as_object()) {
            count += each.value().as_int64();
        }
        return count;
    }

    /// Writes one of its own, as a person would in Iconik.
    object Post(std::string_view path, std::string_view body) {
        const auto made = client_.Send(
            {.method = "POST", .path = std::string(path), .body = boost::json::parse(body), .what = "a row"},
            {}
        );
        EXPECT_TRUE(made.has_value()) << made.error().message;
        return made->as_object();
    }

    Config config_;
    SetupWish wish_;
};

TEST_F(IconikSetupTest, MakesFieldViewWebhooksAndAction) {
    const auto outcome = Run();
    EXPECT_THAT(
        States(outcome),
        ElementsAre(
            SetupState::kMade, SetupState::kMade, SetupState::kMade, SetupState::kMade, SetupState::kMade
        )
    );
    const auto hooks = Rows(kHooks);
    ASSERT_EQ(hooks.size(), 2U);
    EXPECT_EQ(hooks[0].at("name"), "Notification API Webhook");
    EXPECT_EQ(hooks[0].at("event_type"), "assets");
    EXPECT_FALSE(hooks[0].contains("realm")) << "files, proxies and formats are told of too";
    EXPECT_EQ(hooks[0].at("url"), kUrl);
    EXPECT_EQ(hooks[0].at("headers").at("X-Notifications-Secret"), "secret-of-sixteen");
    EXPECT_EQ(hooks[1].at("event_type"), "collections");
    EXPECT_EQ(hooks[1].at("realm"), "contents");
    const auto actions = Rows(kActions);
    ASSERT_EQ(actions.size(), 1U);
    EXPECT_EQ(actions[0].at("title"), "Recognise faces");
    EXPECT_EQ(actions[0].at("type"), "POST");
    EXPECT_EQ(actions[0].at("url"), kUrl);
    const auto views = Rows("metadata/v1/views/");
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views[0].at("view_fields").at(0).at("name"), "recognised_people");
    EXPECT_EQ(outcome.config.at("names_view"), views[0].at("id"));
    EXPECT_EQ(outcome.config.at("names_field"), "recognised_people");
    EXPECT_EQ(outcome.config.at("webhooks").as_array().size(), 2U);
    EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST_F(IconikSetupTest, WritesNothingTheSecondTime) {
    RunAndKeep();
    const auto before = Writes();
    EXPECT_EQ(before, 5);
    EXPECT_THAT(States(RunAndKeep()), Each(SetupState::kThere));
    config_.telling.webhooks.clear();  // a source that was made anew knows no ids
    config_.telling.custom_action.clear();
    config_.writing = {};
    EXPECT_THAT(States(Run()), Each(SetupState::kThere));
    EXPECT_EQ(Writes(), before);
}

TEST_F(IconikSetupTest, WritesNothingInADryRun) {
    wish_.dry_run = true;
    EXPECT_THAT(States(Run()), Each(SetupState::kMade));
    wish_.dry_run = false;
    RunAndKeep();
    const auto before = Writes();
    wish_.dry_run = true;
    wish_.secret = "another-of-sixteen";
    EXPECT_EQ(States(Run()).at(2), SetupState::kChanged);
    wish_.remove = true;
    EXPECT_EQ(States(Run()).at(0), SetupState::kTakenAway);
    EXPECT_EQ(Writes(), before);
    EXPECT_EQ(Rows(kHooks).size(), 2U);
}

TEST_F(IconikSetupTest, ChangesWhatDiffersAndKeepsWhatOthersAdded) {
    const auto ours = Post(
        kHooks,
        R"({"name": "Notification API Webhook", "event_type": "assets", "url": "https://old.example", "status": "DISABLED",
            "realm": "entity", "query": "data.size>0", "description": "ours", "headers": {"x-notifications-secret": "old", "X-Team": "news"}})"
    );
    Post(
        kHooks,
        R"({"name": "Of others", "event_type": "assets", "url": "https://others.example", "status": "ENABLED"})"
    );
    config_.telling.webhooks = {TextIn(ours, "id")};
    const auto outcome = Run();
    EXPECT_EQ(outcome.steps.at(2).state, SetupState::kChanged);
    EXPECT_THAT(outcome.steps.at(2).sentence, HasSubstr("url"));
    const auto hooks = Rows(kHooks);
    ASSERT_EQ(hooks.size(), 3U);
    EXPECT_EQ(hooks[0].at("url"), kUrl);
    EXPECT_EQ(hooks[0].at("status"), "ENABLED");
    EXPECT_TRUE(hooks[0].at("realm").is_null());
    EXPECT_EQ(hooks[0].at("query"), "");
    EXPECT_EQ(hooks[0].at("description"), "ours");
    EXPECT_EQ(
        hooks[0].at("headers").as_object(),
        (object{{"X-Team", "news"}, {"X-Notifications-Secret", "secret-of-sixteen"}})
    );
    EXPECT_EQ(hooks[1].at("url"), "https://others.example");
}

TEST_F(IconikSetupTest, LeavesWhatAnotherInstallationMadeAloneUnlessItIsToTakeItOver) {
    const auto hook = Post(
        kHooks,
        R"({"name": "Notification API Webhook", "event_type": "assets", "url": "https://other.example/v1/intake/iconik?key=hush",
            "status": "ENABLED"})"
    );
    const auto action = Post(
        kActions,
        R"({"title": "Recognise faces", "type": "POST", "context": "ASSET", "url": "https://other.example/v1/intake/iconik"})"
    );
    const auto refused = Run();
    EXPECT_EQ(refused.steps.at(2).state, SetupState::kFailed);
    EXPECT_THAT(
        refused.steps.at(2).sentence,
        HasSubstr("a webhook 'Notification API Webhook' is there already and sends to other.example")
    );
    EXPECT_THAT(
        refused.steps.at(2).sentence, HasSubstr("--webhook-name, or take that one over with --take-over")
    );
    EXPECT_THAT(refused.steps.at(2).sentence, ::testing::Not(HasSubstr("hush")));
    EXPECT_EQ(refused.steps.at(3).state, SetupState::kMade) << "the other webhook's name was free";
    EXPECT_EQ(refused.steps.at(4).state, SetupState::kFailed);
    EXPECT_THAT(refused.steps.at(4).sentence, HasSubstr("--action-title"));
    EXPECT_EQ(Rows(kHooks).at(0), hook) << "it is as it was";
    EXPECT_EQ(Rows(kActions).at(0), action);
    EXPECT_EQ(refused.config.at("webhooks").as_array().size(), 1U);
    EXPECT_FALSE(refused.config.contains("custom_action"));

    wish_.webhook_name = "Ours";
    wish_.action_title = "Find people";
    EXPECT_EQ(
        States(Run()),
        (std::vector{
            SetupState::kThere, SetupState::kThere, SetupState::kMade, SetupState::kChanged, SetupState::kMade
        })
    );
    EXPECT_EQ(Rows(kHooks).at(0), hook);

    wish_ = {.secret = "secret-of-sixteen", .take_over = true, .remove = true};
    wish_.webhook_name = "Ours";
    wish_.action_title = "Find people";
    Run();
    wish_ = {.secret = "secret-of-sixteen", .take_over = true};
    const auto taken = Run();
    EXPECT_EQ(taken.steps.at(2).state, SetupState::kChanged);
    EXPECT_EQ(taken.steps.at(4).state, SetupState::kChanged);
    EXPECT_EQ(Rows(kHooks).at(0).at("url"), kUrl);
    EXPECT_EQ(Rows(kActions).at(0).at("url"), kUrl);
}

TEST_F(IconikSetupTest, FindsWhatIsCalledOtherwiseByItsUrl) {
    RunAndKeep();
    config_.telling.webhooks.clear();
    config_.telling.custom_action.clear();
    wish_.webhook_name = "News for notifications";
    wish_.action_title = "Find people";
    const auto outcome = Run();
    EXPECT_EQ(outcome.steps.at(2).state, SetupState::kChanged);
    EXPECT_EQ(Rows(kHooks).size(), 2U);
    EXPECT_EQ(Rows(kActions).at(0).at("title"), "Find people");
    EXPECT_EQ(outcome.config.at("webhook_name"), "News for notifications");
    EXPECT_EQ(outcome.config.at("action_title"), "Find people");
}

TEST_F(IconikSetupTest, AddsTheFieldToTheViewThatTheSourceNames) {
    Post("metadata/v1/fields/", R"({"name": "title", "label": "Title", "field_type": "string"})");
    const auto view = Post("metadata/v1/views/", R"({"name": "News", "view_fields": [{"name": "title"}]})");
    config_.writing.names_view = TextIn(view, "id");
    config_.writing.names_field = "people";
    const auto outcome = Run();
    EXPECT_EQ(outcome.steps.at(1).state, SetupState::kChanged);
    EXPECT_FALSE(outcome.config.contains("names_view")) << "it is set already";
    const auto fields = Rows("metadata/v1/views/").at(0).at("view_fields").as_array();
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[0].at("name"), "title");
    EXPECT_EQ(fields[1].at("name"), "people");
}

TEST_F(IconikSetupTest, SaysWhenAViewIsMissingAndWhenAFieldCannotHoldNames) {
    config_.writing.names_view = kSaved;
    config_.writing.names_field = "people";
    EXPECT_THAT(Run().steps.at(1).sentence, HasSubstr("change names_view and names_field of the source"));
    Post("metadata/v1/fields/", R"({"name": "year", "label": "Year", "field_type": "integer"})");
    config_.writing.names_field = "year";
    EXPECT_THAT(Run().steps.at(0).sentence, HasSubstr("cannot hold several names (its type is 'integer')"));
}

TEST_F(IconikSetupTest, NamesTheRoleThatIsMissingAndGoesOn) {
    fake_.Set(
        R"({"faults": [{"method": "POST", "path": "/webhooks/", "times": 2, "do": "status", "status": 403}]})"
    );
    const auto outcome = Run();
    EXPECT_EQ(outcome.steps.at(2).state, SetupState::kFailed);
    EXPECT_THAT(outcome.steps.at(2).sentence, HasSubstr("can_write_webhooks"));
    EXPECT_EQ(outcome.steps.at(4).state, SetupState::kMade);
    EXPECT_THAT(outcome.config.at("webhooks").as_array(), IsEmpty());
}

TEST_F(IconikSetupTest, EndsWithTheFirstStepWhenTheTokenIsRefused) {
    fake_.Set(R"({"tokens": {"app-of-tests": "another"}})");
    const auto outcome = Run();
    ASSERT_EQ(outcome.steps.size(), 1U);
    EXPECT_THAT(outcome.steps[0].sentence, HasSubstr("does not take the App-ID and its token"));
    EXPECT_EQ(Requests(), 1);
}

TEST_F(IconikSetupTest, AWebhookThatWasMadeBehindAnErrorIsFoundByTheNextRun) {
    fake_.Set(R"({"faults": [{"method": "POST", "path": "/webhooks/", "do": "created"}]})");
    EXPECT_THAT(Run().steps.at(2).sentence, HasSubstr("run it again"));
    EXPECT_EQ(Run().steps.at(2).state, SetupState::kThere);
    EXPECT_EQ(Rows(kHooks).size(), 2U);
}

TEST_F(IconikSetupTest, NeedsAnAddressAndASecret) {
    wish_.secret.clear();
    const auto without_secret = iconik::SetUp(client_, config_, wish_, {});
    ASSERT_FALSE(without_secret.has_value());
    EXPECT_EQ(without_secret.error().code, ErrorCode::kConflict);
    EXPECT_THAT(without_secret.error().message, HasSubstr("set ICONIK_WEBHOOK_SECRET"));
    config_.telling.system_endpoint.clear();
    EXPECT_THAT(iconik::SetUp(client_, config_, wish_, {}).error().message, HasSubstr("--system-endpoint"));
    wish_.system_endpoint = "ftp://notify.example.com";
    EXPECT_EQ(iconik::SetUp(client_, config_, wish_, {}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Requests(), 0);
}

TEST_F(IconikSetupTest, TakesAwayWhatItMadeAndNothingElse) {
    RunAndKeep();
    Post(
        kHooks,
        R"({"name": "Of others", "event_type": "assets", "url": "https://notify.example.com/v1/intake/iconik", "status": "ENABLED"})"
    );
    wish_.remove = true;
    const auto outcome = Run();
    EXPECT_THAT(
        States(outcome),
        ElementsAre(
            SetupState::kTakenAway,
            SetupState::kTakenAway,
            SetupState::kTakenAway,
            SetupState::kKept,
            SetupState::kKept
        )
    );
    EXPECT_THAT(outcome.steps.back().sentence, HasSubstr("may hold names of people"));
    EXPECT_EQ(Rows(kHooks).size(), 1U);
    EXPECT_THAT(Rows(kActions), IsEmpty());
    EXPECT_EQ(Rows("metadata/v1/views/").size(), 1U);
    EXPECT_THAT(outcome.config.at("webhooks").as_array(), IsEmpty());
    EXPECT_EQ(outcome.config.at("custom_action"), "");
    EXPECT_EQ(States(Run()).at(0), SetupState::kAbsent);
}

TEST_F(IconikSetupTest, TheStateOfItsWebhooksIsRead) {
    EXPECT_THAT(ReadWebhooks(client_, {}, {}).value(), IsEmpty());
    EXPECT_EQ(Requests(), 0) << "nothing was made";
    RunAndKeep();
    const auto read = [&] { return ReadWebhooks(client_, config_.telling.webhooks, {}).value(); };
    EXPECT_EQ(read().at(0).status, "enabled");
    fake_.Set(
        R"({"hooks": {"status": "FAILING", "last_error": "refused\n", "first_failed_at": "2026-01-31T12:00:00"}})"
    );
    const auto failing = read().at(0);
    EXPECT_EQ(failing.status, "failing");
    EXPECT_EQ(failing.since, "2026-01-31T12:00:00");
    EXPECT_THAT(failing.sentence, HasSubstr("does not reach https://notify.example.com/v1/intake/iconik"));
    EXPECT_THAT(failing.sentence, HasSubstr("(the last error: refused )"));
    fake_.Set(R"({"hooks": {"status": "DISABLED"}})");
    EXPECT_THAT(read().at(1).sentence, HasSubstr("is switched off in Iconik"));
    fake_.Set(R"({"hooks": {"status": "DELETED"}})");
    EXPECT_EQ(read().at(0).status, "gone");
    EXPECT_THAT(read().at(0).sentence, HasSubstr("iconik setup"));
}

}  // namespace
}  // namespace notify::iconik
