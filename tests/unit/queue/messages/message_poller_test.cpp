#include "queue/messages/message_poller.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/secret_box.hpp"
#include "domain/news.hpp"
#include "fakes/fake_store.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/queue_reader.hpp"
#include "sources/access.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/news_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"
#include "support/temporary_folder.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A message as a queue answers it. `digest` is told when it is not "".
std::string MessageJson(
    std::string_view receipt, std::string_view body, int received = 1, std::string_view digest = ""
) {
    boost::json::object json{
        {"MessageId", receipt},
        {"ReceiptHandle", receipt},
        {"Body", body},
        {"Attributes",
         boost::json::object{
             {"ApproximateReceiveCount", std::to_string(received)}, {"SentTimestamp", "1795886348456"}
         }}
    };
    if (!digest.empty()) {
        json["MD5OfBody"] = digest;
    }
    return boost::json::serialize(json);
}

std::string AssetId(int number) {
    return fmt::format("{:08}-0000-4000-8000-000000000000", number);
}

/// The body of a message that tells of that asset.
std::string Asset(int number) {
    return fmt::format(R"({{"asset_id": "{}"}})", AssetId(number));
}

std::string Answer(std::string_view body, int status = 200) {
    return fmt::format(R"({{"status": {}, "body": {}}})", status, body);
}

class MessagePollerTest : public ::testing::Test {
protected:
    MessagePollerTest() {
        box_ = SecretBox::Open(folder_.Path() / "key").value();
        inner_ = OpenSqliteStorage(folder_.Path() / "database", *box_, clock_).value();
        storage_ = std::make_unique<RefusingStorage>(*inner_);
        intake_ = std::make_unique<MessageIntake>(*storage_, clock_, "", [] {});
    }

    ~MessagePollerTest() override { poller_.reset(); }

    void AddSource(std::string_view more = "") {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(
                {.id = id_,
                 .kind = "sqs",
                 .name = "events",
                 .config = fmt::format(
                     R"({{"queue_url": "{}/1/events", "region": "eu-west-1"{}}})", fake_.Url(), more
                 ),
                 .created_at = clock_.Now()}
            );
        }));
    }

    /// The queue gives these answers, and then waits for 20 s each time.
    void Answers(const std::vector<std::string>& answers) {
        std::string list;
        for (const auto& answer : answers) {
            list += answer + ",";
        }
        for (int i = 0; i < 50; ++i) {
            list += fmt::format(R"({}{{"hang": 20}})", i == 0 ? "" : ",");
        }
        fake_.Set(fmt::format(R"({{"answers": [{}]}})", list));
    }

    void Start() {
        poller_ = std::make_unique<MessagePoller>(
            *storage_,
            clock_,
            [this](const SourceId& id) {
                return storage_->Read(
                                   [&](const Snapshot& snapshot) { return snapshot.sources.Get(id); }
                ).map([](Source source) {
                    return SourceAccess{
                        .source = std::move(source),
                        .secrets = {{.access_key = "AKTEST", .secret_key = "SecretForTests"}}
                    };
                });
            },
            *intake_,
            [] {}
        );
        poller_->Start();
    }

    /// Addresses in the inbox, in their order.
    std::vector<std::string> Told() {
        const auto rows =
            storage_->Read([](const Snapshot& snapshot) { return snapshot.news.List({.limit = 100}); });
        std::vector<std::string> addresses;
        for (const auto& row : rows.value().rows) {
            EXPECT_EQ(row.source_id, id_);
            addresses.push_back(row.address);
        }
        std::ranges::sort(addresses);
        return addresses;
    }

    std::vector<DeadMessage> Dead() {
        return storage_
            ->Read([](const Snapshot& snapshot) { return snapshot.dead_messages.List({}, {.limit = 100}); })
            .value()
            .rows;
    }

    /// The bodies of the requests of that operation.
    std::vector<boost::json::object> Asked(std::string_view operation) {
        std::vector<boost::json::object> asked;
        const auto seen = fake_.Seen();
        for (const auto& request : seen.at("requests").as_array()) {
            if (request.at(0).as_string() == operation) {
                asked.push_back(boost::json::parse(request.at(1).as_string()).as_object());
            }
        }
        return asked;
    }

    std::vector<std::string> Receipts(std::string_view operation) {
        std::vector<std::string> receipts;
        for (const auto& request : Asked(operation)) {
            for (const auto& entry : request.at("Entries").as_array()) {
                receipts.emplace_back(entry.at("ReceiptHandle").as_string());
            }
        }
        return receipts;
    }

    QueueState State() {
        const auto states = poller_->States();
        return states.empty() ? QueueState{} : states.front();
    }

    static void Await(const std::function<bool()>& done) {
        const auto until = std::chrono::steady_clock::now() + 15s;
        while (!done() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(10ms);
        }
        EXPECT_TRUE(done());
    }

    std::vector<Event> Events() {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 100, id_.Value()); })
            .value();
    }

    const TemporaryFolder folder_;
    const SystemClock clock_;
    const SourceId id_{"src_queue"};
    std::optional<SecretBox> box_;
    std::unique_ptr<Storage> inner_;
    std::unique_ptr<RefusingStorage> storage_;
    std::unique_ptr<MessageIntake> intake_;
    FakeQueue fake_;
    std::unique_ptr<MessagePoller> poller_;
};

TEST(HiddenAfter, DoublesFromHalfAMinuteToAQuarterOfAnHour) {
    EXPECT_EQ(HiddenAfter(0), 30s);
    EXPECT_EQ(HiddenAfter(1), 30s);
    EXPECT_EQ(HiddenAfter(2), 60s);
    EXPECT_EQ(HiddenAfter(5), 480s);
    EXPECT_EQ(HiddenAfter(6), 900s);
    EXPECT_EQ(HiddenAfter(2'000'000'000), 900s);
}

TEST_F(MessagePollerTest, CommitsABatchAndThenDeletesIt) {
    AddSource();
    Answers(
        {Answer(
             fmt::format(
                 R"({{"Messages": [{}, {}]}})", MessageJson("r1", Asset(1)), MessageJson("r2", Asset(1))
             )
         ),
         Answer(R"({"Successful": [{"Id": "0"}, {"Id": "1"}]})")}
    );
    Start();
    Await([&] { return State().deleted == 2; });
    EXPECT_THAT(Told(), ElementsAre(AssetId(1)));
    EXPECT_THAT(Receipts("DeleteMessageBatch"), ElementsAre("r1", "r2"));
    EXPECT_EQ(State().received, 2U);
    EXPECT_EQ(State().known, 1U);
    EXPECT_EQ(State().source, "events");
    EXPECT_EQ(Asked("ReceiveMessage").at(0).at("VisibilityTimeout").as_int64(), 120);
    EXPECT_EQ(Asked("ReceiveMessage").at(0).at("WaitTimeSeconds").as_int64(), 20);
}

TEST_F(MessagePollerTest, WhatCannotBeCommittedIsPutOffAndNotDeleted) {
    AddSource();
    storage_->refuse = 1;
    const auto message = fmt::format(R"({{"Messages": [{}]}})", MessageJson("r1", Asset(1), 3));
    Answers(
        {Answer(message),
         Answer(R"({"Successful": [{"Id": "0"}]})"),
         Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r2", Asset(1), 4))),
         Answer(R"({"Successful": [{"Id": "0"}]})")}
    );
    Start();
    Await([&] { return State().deleted == 1; });
    const auto hidden = Asked("ChangeMessageVisibilityBatch");
    ASSERT_EQ(hidden.size(), 1U);
    EXPECT_EQ(hidden[0].at("Entries").at(0).at("VisibilityTimeout").as_int64(), 120);
    EXPECT_THAT(Receipts("DeleteMessageBatch"), ElementsAre("r2"));
}

TEST_F(MessagePollerTest, ADeadMessageIsLeftToTheRedrivePolicy) {
    AddSource();
    Answers(
        {Answer(
             fmt::format(R"({{"Messages": [{}, {}]}})", MessageJson("r1", "bad"), MessageJson("r2", Asset(2)))
         ),
         Answer(
             R"({"Attributes": {"RedrivePolicy": "{\"deadLetterTargetArn\": \"arn\", \"maxReceiveCount\": 3}"}})"
         ),
         Answer(R"({"Successful": [{"Id": "0"}]})")}
    );
    Start();
    Await([&] { return State().deleted == 1; });
    EXPECT_THAT(Receipts("DeleteMessageBatch"), ElementsAre("r2"));
    EXPECT_EQ(State().dead, 1U);
    EXPECT_THAT(Told(), ElementsAre(AssetId(2)));
}

TEST_F(MessagePollerTest, ADeadMessageIsDeletedWhereThereIsNoRedrivePolicy) {
    AddSource();
    Answers(
        {Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r1", "bad"))),
         Answer(R"({"Attributes": {}})"),
         Answer(R"({"Successful": [{"Id": "0"}]})")}
    );
    Start();
    Await([&] { return State().deleted == 1; });
    ASSERT_EQ(Dead().size(), 1U);
    EXPECT_EQ(Dead()[0].message_id, "r1");
    EXPECT_EQ(Dead()[0].body, "bad");
    EXPECT_THAT(Receipts("DeleteMessageBatch"), ElementsAre("r1"));
}

TEST_F(MessagePollerTest, WhileTheRedrivePolicyIsUnknownNoDeadMessageIsDeleted) {
    AddSource();
    Answers(
        {Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r1", "bad"))),
         Answer(R"({"__type": "AccessDeniedException"})", 403)}
    );
    Start();
    Await([&] { return State().dead == 1; });
    EXPECT_THAT(Asked("DeleteMessageBatch"), IsEmpty());
}

TEST_F(MessagePollerTest, ADamagedMessageIsPutOffAndTakenAsItIsTheThirdTime) {
    AddSource();
    const auto* wrong = "00000000000000000000000000000000";
    Answers(
        {Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r1", Asset(1), 2, wrong))),
         Answer(R"({"Successful": [{"Id": "0"}]})"),
         Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r2", Asset(1), 3, wrong))),
         Answer(R"({"Successful": [{"Id": "0"}]})")}
    );
    Start();
    Await([&] { return State().deleted == 1; });
    EXPECT_THAT(Receipts("ChangeMessageVisibilityBatch"), ElementsAre("r1"));
    EXPECT_THAT(Receipts("DeleteMessageBatch"), ElementsAre("r2"));
    EXPECT_THAT(Told(), ElementsAre(AssetId(1)));
}

TEST_F(MessagePollerTest, WhatIsNotDeletedIsCountedAsSuch) {
    AddSource();
    Answers(
        {Answer(
             fmt::format(
                 R"({{"Messages": [{}, {}]}})", MessageJson("r1", Asset(1)), MessageJson("r2", Asset(2))
             )
         ),
         Answer(
             R"({"Successful": [{"Id": "1"}], "Failed": [{"Id": "0", "Code": "ReceiptHandleIsInvalid"}]})"
         )}
    );
    Start();
    Await([&] { return State().deleted == 1; });
}

TEST_F(MessagePollerTest, WithoutTheRightToDeleteTheQueueSaysSoUntilItIsGivenAndGoesOn) {
    AddSource();
    const auto message = [](int number) {
        return Answer(
            fmt::format(R"({{"Messages": [{}]}})", MessageJson(fmt::format("r{}", number), Asset(number)))
        );
    };
    Answers(
        {message(1),
         Answer(R"({"__type": "AccessDeniedException"})", 403),
         Answer("{}"),
         message(2),
         Answer(R"({"Failed": [{"Id": "0", "Code": "AccessDenied"}]})"),
         R"({"hang": 3})",
         message(3),
         Answer(R"({"Successful": [{"Id": "0"}]})")}
    );
    Start();
    Await([&] { return Told().size() == 2; });
    Await([&] { return Asked("DeleteMessageBatch").size() == 2; });
    Await([&] { return Asked("ReceiveMessage").size() == 4; });
    EXPECT_EQ(State().code, "access_denied") << "also after it had none for a while";
    EXPECT_THAT(State().sentence, HasSubstr("the right sqs:DeleteMessage is missing"));
    ASSERT_EQ(Events().size(), 1U) << "once";
    EXPECT_THAT(Events()[0].data, HasSubstr("sqs:DeleteMessage"));
    Await([&] { return State().deleted == 1; });
    Await([&] { return State().code.empty(); });
}

TEST_F(MessagePollerTest, RefusedCredentialsPauseTheSourceWithOneEventAndAnotherSecretResumesIt) {
    AddSource();
    Answers({Answer(R"({"__type": "UnrecognizedClientException"})", 403)});
    Start();
    Await([&] { return !State().code.empty(); });
    EXPECT_EQ(State().code, "credentials_refused");
    ASSERT_EQ(Events().size(), 1U);
    EXPECT_EQ(Events()[0].type, "source.auth_failed");
    EXPECT_THAT(Events()[0].data, HasSubstr("does not know the access key"));
    std::this_thread::sleep_for(1500ms);
    EXPECT_EQ(Asked("ReceiveMessage").size(), 1U);
    Answers({Answer("{}")});
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.sources.AddSecret({
            .source_id = id_,
            .access_key = "AKNEW",
            .sealed = "sealed",
            .expires_at = std::nullopt,
            .added_at = clock_.Now(),
        });
    }));
    Await([&] { return State().code.empty() && State().answered_at.has_value(); });
}

TEST_F(MessagePollerTest, AnIntervalIsOneRequest) {
    AddSource(R"(, "mode": "interval", "poll_interval_s": 2)");
    const auto one = Answer(fmt::format(R"({{"Messages": [{}]}})", MessageJson("r", Asset(1))));
    const auto done = Answer(R"({"Successful": [{"Id": "0"}]})");
    Answers({one, done, one, done, one, done});
    const auto begun = std::chrono::steady_clock::now();
    Start();
    Await([&] { return State().deleted == 3; });
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 3900ms);
    EXPECT_EQ(Asked("ReceiveMessage").at(0).at("WaitTimeSeconds").as_int64(), 2);
}

TEST_F(MessagePollerTest, SourcesThatAreAddedAndRemovedLaterAreTaken) {
    Answers({});
    Start();
    EXPECT_THAT(poller_->States(), IsEmpty());
    AddSource();
    Await([&] { return Asked("ReceiveMessage").size() == 1; });
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.sources.Remove(id_); }));
    Await([&] { return poller_->States().empty(); });
}

TEST_F(MessagePollerTest, AStopGivesUpTheLongPoll) {
    AddSource();
    Answers({});
    Start();
    Await([&] { return Asked("ReceiveMessage").size() == 1; });
    const auto begun = std::chrono::steady_clock::now();
    poller_->Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(MessagePollerTest, AQueueThatIsNotThereIsToldAndAskedAgain) {
    AddSource();
    Answers({Answer(R"({"__type": "QueueDoesNotExist"})", 400), Answer("{}")});
    Start();
    Await([&] { return State().answered_at.has_value(); });
    EXPECT_EQ(State().code, "");
    EXPECT_THAT(Events(), IsEmpty());
}

}  // namespace
}  // namespace notify::testing
