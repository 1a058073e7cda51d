#include "delivery/dispatcher.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "storage/delivery_repository.hpp"
#include "unit/delivery/fixture.hpp"
#include "unit/delivery/receiver.hpp"

namespace notify {
namespace {

using std::chrono::seconds;
using testing::Answer;
using testing::Receiver;

/// Takes every connection and never answers.
class SilentReceiver {
public:
    SilentReceiver() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_, any, length), 0);
        EXPECT_EQ(::listen(listener_, SOMAXCONN), 0);
        EXPECT_EQ(::getsockname(listener_, any, &length), 0);
        url_ = fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port));
        thread_ = std::thread([this] {
            for (int taken = 0; (taken = ::accept(listener_, nullptr, nullptr)) >= 0; ++connections_) {
                taken_.push_back(taken);
            }
        });
    }

    ~SilentReceiver() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        std::ranges::for_each(taken_, ::close);
    }

    SilentReceiver(const SilentReceiver&) = delete;
    SilentReceiver& operator=(const SilentReceiver&) = delete;

    [[nodiscard]] const std::string& Url() const { return url_; }

    [[nodiscard]] int Connections() const { return connections_; }

private:
    int listener_;
    std::string url_;
    std::vector<int> taken_;
    std::atomic<int> connections_ = 0;
    std::thread thread_;
};

class Dispatching : public testing::DeliveryTest {
protected:
    static Answer Silence(const testing::ReceivedRequest&, std::size_t) {
        return {.bytes = "", .after = Answer::After::kHang};
    }
};

TEST_F(Dispatching, SendsWhatAnEarlierRunHeldWhenItDied) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    const auto event = Happen();
    const auto held = storage_->Write([&](Transaction& transaction) {
        return transaction.deliveries.Claim(NodeId("nod_dead"), 10, 4, clock_.Now(), seconds(60));
    });
    ASSERT_EQ(held.value().size(), 1U);
    Start();
    Await(event, Status::kCompleted);
    EXPECT_EQ(receiver.Received().at(0).headers.at("webhook-id"), event.Value());
}

TEST_F(Dispatching, TakesOverAHeldDeliveryOnlyAfterItsLease) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    Start();
    dispatcher_->Stop();
    const auto event = Happen();
    ASSERT_TRUE(storage_
                    ->Write([&](Transaction& transaction) {
                        return transaction.deliveries.Claim(
                            NodeId("nod_2"), 10, 4, clock_.Now(), seconds(60)
                        );
                    })
                    .has_value());
    const auto release = [&] {
        return storage_
            ->Write([&](Transaction& transaction) {
                return transaction.deliveries.Release(clock_.Now(), false);
            })
            .value();
    };
    EXPECT_EQ(release(), 0);
    clock_.Advance(seconds(61));
    EXPECT_EQ(release(), 1);
    dispatcher_->Start();
    Await(event, Status::kCompleted);
}

TEST_F(Dispatching, StopsATransferAndSendsItAgainWithTheSameIdAfterTheNextStart) {
    std::atomic<bool> silent = true;
    const Receiver receiver([&](const auto& request, auto number) {
        return silent ? Silence(request, number) : testing::Status(204);
    });
    AddEndpoint(receiver.Url());
    Start();
    const auto event = Happen();
    ASSERT_EQ(receiver.WaitFor(1).size(), 1U);
    silent = false;
    dispatcher_->Stop();
    const auto row = DeliveryOf(event);
    EXPECT_EQ(row.status, Status::kPending);
    EXPECT_EQ(row.attempt, 0) << "a stop burns no try";
    EXPECT_TRUE(Attempts(row.id).empty());
    dispatcher_->Start();
    Await(event, Status::kCompleted);
    const auto got = receiver.WaitFor(2);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].headers.at("webhook-id"), got[1].headers.at("webhook-id"));
}

TEST_F(Dispatching, StartsAndStopsAsOftenAsAsked) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    Start();
    dispatcher_->Start();
    dispatcher_->Stop();
    dispatcher_->Stop();
    dispatcher_->Start();
    Await(Happen(), Status::kCompleted);
    EXPECT_EQ(receiver.Received().size(), 1U);
}

TEST_F(Dispatching, ServesOthersWhileOneEndpointHangs) {
    const Receiver hanging(&Silence);
    const Receiver quick;
    AddEndpoint(hanging.Url(), {"item.failed"});
    AddEndpoint(quick.Url(), {"item.completed"});
    Start();
    for (int i = 0; i < 8; ++i) {
        Happen("item.failed");
    }
    ASSERT_EQ(hanging.WaitFor(1).size(), 1U);
    for (int i = 0; i < 20; ++i) {
        Await(Happen("item.completed"), Status::kCompleted);
    }
    EXPECT_EQ(quick.Received().size(), 20U);
}

TEST_F(Dispatching, SendsAtMostFourToOneEndpointAtATimeAndToOthersBesideIt) {
    const SilentReceiver silent;
    const Receiver quick;
    AddEndpoint(silent.Url(), {"item.failed"});
    AddEndpoint(quick.Url(), {"item.completed"});
    Start(32);
    for (int i = 0; i < 40; ++i) {  // more than is claimed ahead for one endpoint
        Happen("item.failed");
    }
    ASSERT_TRUE(Eventually([&] { return silent.Connections() == 4; }));
    for (int i = 0; i < 10; ++i) {
        Await(Happen("item.completed"), Status::kCompleted);
    }
    EXPECT_EQ(silent.Connections(), 4);
}

TEST_F(Dispatching, GivesBackWhatItClaimedAheadWhenItStops) {
    const SilentReceiver silent;
    AddEndpoint(silent.Url());
    Start(8);
    for (int i = 0; i < 20; ++i) {
        Happen();
    }
    const auto processing = [&] {
        return std::ranges::count(Deliveries(), Status::kProcessing, &Delivery::status);
    };
    ASSERT_TRUE(Eventually([&] { return silent.Connections() == 4 && processing() == 20; }));
    dispatcher_->Stop();
    for (const auto& row : Deliveries()) {
        EXPECT_EQ(row.status, Status::kPending);
        EXPECT_EQ(row.attempt, 0) << "a stop burns no try";
    }
}

TEST_F(Dispatching, SendsEveryOneOfManyOnce) {
    const Receiver receiver;
    AddEndpoint(receiver.Url());
    Start();
    std::set<std::string> wanted;
    for (int i = 0; i < 200; ++i) {
        wanted.insert(Happen().Value());
    }
    const auto got = receiver.WaitFor(200);
    std::set<std::string> seen;
    for (const auto& request : got) {
        seen.insert(request.headers.at("webhook-id"));
    }
    EXPECT_EQ(seen, wanted);
    ASSERT_TRUE(Eventually([&] {
        const auto rows = Deliveries();
        return std::ranges::all_of(rows, [](const Delivery& row) {
            return row.status == Status::kCompleted;
        });
    }));
    EXPECT_EQ(receiver.Received().size(), 200U);
}

TEST_F(Dispatching, DropsAnOutcomeWhoseDeliveryWasTakenOver) {
    const Receiver receiver([&](const auto&, auto) {
        // somebody else takes the delivery over while the receiver answers
        clock_.Advance(seconds(61));
        static_cast<void>(storage_->Write([&](Transaction& transaction) -> Result<void> {
            return transaction.deliveries.Release(clock_.Now(), true)
                .and_then([&](int) {
                    return transaction.deliveries.Claim(NodeId("nod_2"), 1, 4, clock_.Now(), seconds(600));
                })
                .map([](const auto&) {});
        }));
        return testing::Status(500);
    });
    const Receiver next;
    const auto endpoint = AddEndpoint(receiver.Url(), {"item.completed"});
    AddEndpoint(next.Url(), {"item.failed"});
    Start(1);
    const auto event = Happen();
    ASSERT_EQ(receiver.WaitFor(1).size(), 1U);
    Happen("item.failed");
    ASSERT_EQ(next.WaitFor(1).size(), 1U) << "the one sender is done with the first";
    dispatcher_->Stop();
    const auto row = DeliveryOf(event);
    EXPECT_EQ(row.status, Status::kProcessing);
    EXPECT_EQ(row.lease_owner, NodeId("nod_2"));
    EXPECT_TRUE(Attempts(row.id).empty());
    EXPECT_EQ(Reload(endpoint.id).consecutive_failures, 0) << "nothing of it was written";
}

}  // namespace
}  // namespace notify
