#include "people/gallery_transfer.hpp"

#include <limits>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/json.hpp"
#include "people/gallery_seal.hpp"
#include "people/person_edits.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/people.hpp"
#include "unit/people/changing_storage.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kPassphrase = "correct horse battery";
const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

/// Another installation: with a key file of its own.
struct Elsewhere {
    explicit Elsewhere(const Clock& clock) {
        box = SecretBox::Open(folder.Path() / "key").value();
        storage = OpenSqliteStorage(folder.Path() / "database", *box, clock).value();
        artifacts = std::make_unique<ArtifactStore>(*storage, *box, folder.Path() / "artifacts");
        galleries = std::make_unique<GalleryTransfer>(*storage, *artifacts, clock, kModel);
    }

    TemporaryFolder folder;
    std::optional<SecretBox> box;
    std::unique_ptr<Storage> storage;
    std::unique_ptr<ArtifactStore> artifacts;
    std::unique_ptr<GalleryTransfer> galleries;
};

class Moving : public PeopleTest {
protected:
    Moving() {
        const auto photo = [&](const std::string& name, const Embedding& face) {
            auto found = InPhoto(face);
            found.crop = "\xff\xd8\xff crop of " + name;
            return Photo(name, {{found}});
        };
        ada_ = ValueOf(Enrol("Ada", {photo("a1", kAda), photo("a2", FaceAt(kAda, 0.1, 5))})).person;
        bob_ = ValueOf(Enrol("Bob", {photo("b1", kBob)})).person;
        Edit(*storage_, [&] {
            auto consent = EditOf(EditKind::kConsent, ada_);
            consent.text = "form 17";
            return consent;
        }());
        Edit(*storage_, EditOf(EditKind::kHide, bob_));
    }

    static PeopleEdit Edit(Storage& storage, const PeopleEdit& edit) {
        return ValueOf(storage.Write([&](Transaction& transaction) { return MakeEdit(transaction, edit); }));
    }

    std::string Exported(const GalleryWish& wish = {}) {
        return ValueOf(galleries_.Export(wish, kPassphrase, "who exports"));
    }

    Result<std::vector<MovedAnswer>> TryImport(std::string_view file, bool again = false) {
        return there_.galleries->Import(file, kPassphrase, "who imports", again);
    }

    /// "Ada enrolled 2", …; with the code, where there is one.
    std::vector<std::string> Import(std::string_view file, bool again = false) {
        answers_ = ValueOf(TryImport(file, again));
        std::vector<std::string> said;
        for (const auto& answer : answers_) {
            said.push_back(
                fmt::format(
                    "{} {} {}{}{}",
                    answer.name,
                    ToString(answer.outcome),
                    answer.photos,
                    answer.code.empty() ? "" : " ",
                    answer.code
                )
            );
        }
        return said;
    }

    std::vector<Person> People() {
        return ValueOf(there_.storage->Read([](const Snapshot& snapshot) { return snapshot.people.List(); }));
    }

    std::vector<EnrolmentPhoto> PhotosThere(std::string_view name) {
        return ValueOf(there_.storage->Read([&](const Snapshot& snapshot) {
            return snapshot.people.Find(name).and_then([&](const Person& person) {
                return snapshot.people.PhotosOf(person.id);
            });
        }));
    }

    std::string StateThere() {
        return ValueOf(there_.storage->Read([](const Snapshot& snapshot) {
            return snapshot.people_edits.StateText();
        }));
    }

    void Undo(const EditId& id) {
        ValueOf(there_.storage->Write([&](Transaction& transaction) {
            return UndoEdit(transaction, id, "a test", clock_.Now());
        }));
    }

    static std::vector<std::string> ActionsIn(Storage& storage) {
        std::vector<std::string> actions;
        for (const auto& entry : ValueOf(storage.Read([](const Snapshot& s) {
                                     return s.keys.Audit({.after = {}, .limit = 50});
                                 })).rows) {
            actions.push_back(entry.actor + ' ' + entry.action);
        }
        return actions;
    }

    std::string Crop(const EnrolmentPhoto& photo) {
        return ValueOf(there_.artifacts->Read(
            {.name = "crop", .media_type = "image/jpeg", .sha256 = photo.crop_sha256, .sealed = true}
        ));
    }

    GalleryTransfer galleries_{*storage_, *artifacts_, clock_, kModel};
    Elsewhere there_{clock_};
    PersonId ada_;
    PersonId bob_;
    std::vector<MovedAnswer> answers_;
};

TEST_F(Moving, BringsNamesConsentPhotosEmbeddingsAndCrops) {
    EXPECT_THAT(Import(Exported()), UnorderedElementsAre("Ada enrolled 2", "Bob enrolled 1"));
    const auto people = People();
    ASSERT_THAT(people, SizeIs(2));
    EXPECT_EQ(people[0].name, "Ada");
    EXPECT_EQ(people[0].consent, "form 17");
    EXPECT_FALSE(people[0].hidden);
    EXPECT_TRUE(people[1].hidden);
    for (const auto& person : people) {
        const auto told = ValueOf(there_.storage->Read([&](const Snapshot& snapshot) {
            return snapshot.events.After(0, 10, person.id.Value());
        }));
        EXPECT_EQ(told.size(), person.hidden ? 0U : 1U) << "who is hidden is told of nowhere";
    }
    const auto here = PhotosOf(ada_);
    const auto moved = PhotosThere("Ada");
    ASSERT_THAT(moved, SizeIs(2));
    for (const auto& photo : moved) {
        const auto from = std::ranges::find(here, photo.sha256, &EnrolmentPhoto::sha256);
        ASSERT_NE(from, here.end());
        EXPECT_EQ(photo.embedding, from->embedding);
        EXPECT_EQ(photo.model, kModel);
        EXPECT_EQ(photo.file_name, from->file_name);
        EXPECT_EQ(photo.box.width, from->box.width);
        EXPECT_EQ(photo.quality, from->quality);
        EXPECT_EQ(Crop(photo), "\xff\xd8\xff crop of " + photo.file_name);
    }
    EXPECT_THAT(ActionsIn(*storage_), Contains("who exports people.export"));
    EXPECT_THAT(ActionsIn(*there_.storage), Contains("who imports people.import"));
    EXPECT_THAT(ActionsIn(*there_.storage), Contains("who imports person.enrol").Times(2));
}

TEST_F(Moving, TheSameFileAgainMakesNothing) {
    const auto file = Exported();
    Import(file);
    const auto state = StateThere();
    EXPECT_THAT(Import(file), UnorderedElementsAre("Ada unchanged 0", "Bob unchanged 0"));
    EXPECT_EQ(StateThere(), state);
    EXPECT_TRUE(answers_[0].edit.IsEmpty());
    Edit(*there_.storage, EditOf(EditKind::kRename, answers_[0].person, "Countess"));
    Import(file);
    EXPECT_THAT(People(), SizeIs(2)) << "who has another name now is known by the photos";
    EXPECT_EQ(answers_[0].outcome, MoveOutcome::kUnchanged);
}

TEST_F(Moving, AnImportIsUndoneAsAnyEnrolmentAndMayComeAgain) {
    const auto empty = StateThere();
    const auto file = Exported({.people = {"Ada"}});
    Import(file);
    const auto enrolled = StateThere();
    Undo(answers_.at(0).edit);
    EXPECT_EQ(StateThere(), empty);
    EXPECT_THAT(Import(file), ElementsAre("Ada enrolled 2"));
    EXPECT_THAT(PhotosThere("Ada"), SizeIs(2));
}

TEST_F(Moving, AddsToWhoIsThereByNameWhenTheFacesAreAlike) {
    const auto file = Exported({.people = {"Ada"}});
    const Person known{.id = PersonId("per_there"), .name = "Ada", .created_at = clock_.Now()};
    ValueOf(there_.storage->Write([&](Transaction& transaction) {
        EnrolmentPhoto photo{.id = PhotoId("pho_there"), .person_id = known.id, .file_name = "mine.jpg"};
        photo.sha256 = std::string(64, 'f');
        photo.embedding = FaceAt(kAda, 0.3, 7);
        photo.model = kModel;
        return testing::AddPerson(transaction, known).and_then([&] {
            return testing::AddPhoto(transaction, photo);
        });
    }));
    EXPECT_THAT(Import(file), ElementsAre("Ada extended 2"));
    EXPECT_EQ(answers_[0].person, known.id);
    EXPECT_THAT(PhotosThere("Ada"), SizeIs(3));
    EXPECT_EQ(People().at(0).consent, "form 17") << "nobody had said where it is";
}

TEST_F(Moving, DoesNotTakeAnotherOfTheNameForThePerson) {
    ValueOf(there_.storage->Write([&](Transaction& transaction) {
        EnrolmentPhoto photo{.id = PhotoId("pho_there"), .person_id = PersonId("per_there")};
        photo.sha256 = std::string(64, 'f');
        photo.embedding = FaceOf(9);
        photo.model = kModel;
        return testing::AddPerson(
                   transaction, {.id = photo.person_id, .name = "Ada", .created_at = clock_.Now()}
        )
            .and_then([&] { return testing::AddPhoto(transaction, photo); });
    }));
    EXPECT_THAT(
        Import(Exported()), UnorderedElementsAre("Ada refused 0 another_of_the_name", "Bob enrolled 1")
    );
    EXPECT_THAT(PhotosThere("Ada"), SizeIs(1));
}

TEST_F(Moving, WarnsWhenAnotherLooksTheSame) {
    Import(Exported({.people = {"Ada"}}));
    ValueOf(Enrol("Twin", {Photo("t", {{InPhoto(FaceAt(kAda, 0.05, 6))}})}));
    EXPECT_THAT(
        Import(Exported({.people = {"Twin"}, .crops = false})),
        ElementsAre("Twin enrolled 1 looks_like_another")
    );
    EXPECT_THAT(answers_[0].sentence, HasSubstr("Ada"));
}

TEST_F(Moving, TwoPeopleOfOnePhotoStayTwo) {
    const auto both = [](const Embedding& face) {
        auto found = InPhoto(face);
        found.crop = "\xff\xd8\xff";
        return std::vector{found};
    };
    ValueOf(Enrol("Cy", {Photo("group", {both(FaceOf(11))})}));
    ValueOf(Enrol("Di", {Photo("group", {both(FaceOf(12))})}));
    Import(Exported({.people = {"Cy"}}));
    EXPECT_THAT(Import(Exported({.people = {"Cy", "Di"}})), ElementsAre("Cy unchanged 0", "Di enrolled 1"));
}

TEST_F(Moving, WhoWasErasedIsNotEnrolledAgain) {
    const auto file = Exported();
    Import(file);
    const auto ada = answers_.at(answers_[0].name == "Ada" ? 0 : 1).person;
    ValueOf(there_.storage->Write([&](Transaction& transaction) {
        return ErasePerson(transaction, ada, "a test", clock_.Now());
    }));
    EXPECT_THAT(Import(file), UnorderedElementsAre("Ada refused 0 erased", "Bob unchanged 0"));
    EXPECT_THAT(People(), SizeIs(1));
    Edit(*storage_, EditOf(EditKind::kRename, ada_, "Countess"));
    EXPECT_THAT(Import(Exported({.people = {"Countess"}})), ElementsAre("Countess refused 0 erased"))
        << "by the photos";
    EXPECT_THAT(Import(file, true), UnorderedElementsAre("Ada enrolled 2", "Bob unchanged 0"));
    EXPECT_NE(answers_[0].person, ada) << "or a replay of the erasure would take this one too";
}

TEST_F(Moving, RefusesWhatAnotherModelMeasured) {
    GalleryTransfer newer(*there_.storage, *there_.artifacts, clock_, std::string(64, '2'));
    const auto refused = newer.Import(Exported(), kPassphrase, "who imports");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(
        refused.error().message,
        fmt::format(
            "the gallery's faces were measured by model {:.12}, and this installation compares by model "
            "222222222222: what two models measure cannot be compared; enrol the photos here",
            kModel
        )
    );
    EXPECT_THAT(People(), IsEmpty());
}

TEST_F(Moving, ExportsWhoIsWished) {
    EXPECT_THAT(
        Import(Exported({.people = {bob_.Value(), "Bob"}, .crops = false})), ElementsAre("Bob enrolled 1")
    );
    EXPECT_THAT(PhotosThere("Bob").at(0).crop_sha256, IsEmpty());
    EXPECT_EQ(galleries_.Export({.people = {"Nobody"}}, kPassphrase, "x").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(galleries_.Export({}, "short", "x").error().code, ErrorCode::kInvalidArgument);
    AddPerson("Cy", {});
    EXPECT_EQ(
        galleries_.Export({.people = {"Cy"}}, kPassphrase, "x").error().code, ErrorCode::kInvalidArgument
    ) << "there is no photo of Cy";
}

TEST_F(Moving, GivesUpWhenPeopleDoNotComeToRestAndWritesNothing) {
    const auto file = Exported();
    int changes = 0;
    ChangingStorage changing(*there_.storage, [&] {
        ValueOf(there_.storage->Write([&](Transaction& transaction) {
            const auto name = fmt::format("Other {}", changes++);
            return testing::AddPerson(
                transaction, {.id = PersonId("per_" + name), .name = name, .created_at = clock_.Now()}
            );
        }));
    });
    GalleryTransfer importing(changing, *there_.artifacts, clock_, kModel);
    const auto refused = importing.Import(file, kPassphrase, "who imports");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    for (const auto& person : People()) {
        EXPECT_THAT(person.name, HasSubstr("Other"));
    }
}

TEST_F(Moving, EndsBetweenTwoPeopleAndKeepsNothingWhenItIsStopped) {
    const auto file = Exported();
    const auto empty = StateThere();
    std::stop_source stop;
    ChangingStorage stopping(*there_.storage, [&] { stop.request_stop(); });
    GalleryTransfer importing(stopping, *there_.artifacts, clock_, kModel);
    for (const auto* when : {"while it is written", "before anybody is looked at"}) {
        const auto stopped = importing.Import(file, kPassphrase, "who imports", false, stop.get_token());
        ASSERT_FALSE(stopped) << when;
        EXPECT_EQ(stopped.error().code, ErrorCode::kStopped) << when;
        EXPECT_EQ(StateThere(), empty) << when;
    }
    EXPECT_THAT(ActionsIn(*there_.storage), IsEmpty());
    EXPECT_THAT(Import(file), SizeIs(2)) << "and it comes in when it is asked again";
}

TEST_F(Moving, ExportsNoMorePhotosThanAnImportTakes) {
    ValueOf(storage_->Write([&](Transaction& transaction) -> Result<void> {
        auto enrol = EditOf(EditKind::kEnrol, bob_);
        for (std::size_t i = 0; i < kMostGalleryPhotos; ++i) {
            EnrolmentPhoto photo{.id = PhotoId(fmt::format("pho_{}", i)), .person_id = bob_};
            photo.sha256 = fmt::format("{:064x}", i);
            photo.embedding = kBob;
            photo.model = kModel;
            if (auto added = transaction.people.AddPhoto(photo); !added) {
                return added;
            }
            enrol.photos.push_back(photo.id);
        }
        return testing::Make(transaction, std::move(enrol));
    }));
    const auto refused = galleries_.Export({}, kPassphrase, "who exports");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(refused.error().message, "a gallery has at most 10000 photos: export some people at a time");
    EXPECT_TRUE(galleries_.Export({.people = {"Ada"}}, kPassphrase, "who exports"));
}

/// What somebody who has the passphrase may have made of a gallery.
class HostileGallery : public Moving {
protected:
    HostileGallery() {
        document_ = ParseJson(ValueOf(OpenGallery(Exported({.people = {"Ada"}}), kPassphrase))).value();
    }

    boost::json::object& Person() { return document_.at("people").as_array().at(0).as_object(); }

    boost::json::object& FirstPhoto() { return Person().at("photos").as_array().at(0).as_object(); }

    /// Why it is not taken in.
    std::string Refused() {
        const auto imported = TryImport(ValueOf(SealGallery(ToJsonText(document_), kPassphrase)));
        EXPECT_TRUE(imported || imported.error().code == ErrorCode::kInvalidArgument);
        EXPECT_THAT(People(), SizeIs(imported ? 1 : 0));
        return imported ? "nothing" : imported.error().message;
    }

    boost::json::value document_;
};

TEST_F(HostileGallery, IsTakenAsItWasExported) {
    EXPECT_EQ(Refused(), "nothing");
}

TEST_F(HostileGallery, IsRefusedWithoutAPhotoANameOrASchema) {
    Person()["photos"] = boost::json::array{};
    EXPECT_THAT(Refused(), HasSubstr("photos"));
    document_.as_object()["schema"] = "gallery/2";
    EXPECT_THAT(Refused(), HasSubstr("schema"));
    document_ = boost::json::array{};
    EXPECT_THAT(Refused(), HasSubstr("object"));
}

TEST_F(HostileGallery, IsRefusedWithANameThatIsNone) {
    for (const auto& name : {std::string(), std::string(" Ada"), std::string(201, 'a')}) {
        Person()["name"] = name;
        EXPECT_THAT(Refused(), HasSubstr("name"));
    }
}

TEST_F(HostileGallery, IsRefusedWithMoreThanAGalleryMayHave) {
    const auto why = [&] {
        const auto people = FromGalleryDocument(ToJsonText(document_));
        EXPECT_FALSE(people);
        return std::pair(people.error().code, people.error().message);
    };
    auto& people = document_.at("people").as_array();
    auto other = Person();
    other["name"] = "Bob";
    auto& photos = other["photos"].emplace_array();
    photos.resize(kMostGalleryPhotos - 2, boost::json::object());
    people.push_back(other);
    EXPECT_EQ(why().first, ErrorCode::kInvalidArgument) << "so many are looked at: they are no photos";
    photos.emplace_back(boost::json::object());
    people[1] = other;
    EXPECT_EQ(why(), std::pair(ErrorCode::kTooLarge, std::string("it has more than 10000 photos")));
    people.resize(kMostGalleryPeople + 1, nullptr);
    EXPECT_EQ(why(), std::pair(ErrorCode::kTooLarge, std::string("it has more than 10000 people")));
    const auto imported = TryImport(ValueOf(SealGallery(ToJsonText(document_), kPassphrase)));
    EXPECT_EQ(
        imported.error().message, "what the gallery says cannot be read: it has more than 10000 people"
    );
}

TEST_F(HostileGallery, GivesOneConsentToWhoIsTwoOfIts) {
    Person()["consent"] = "";
    EXPECT_EQ(Refused(), "nothing");
    auto second = Person();
    Person()["consent"] = "form 17";
    Person()["photos"].as_array().pop_back();
    second["name"] = "Countess";
    second["consent"] = "form 18";
    second["photos"].as_array().erase(second["photos"].as_array().begin());
    document_.at("people").as_array().push_back(second);
    EXPECT_THAT(
        Import(ValueOf(SealGallery(ToJsonText(document_), kPassphrase))),
        ElementsAre("Ada extended 0", "Countess unchanged 0")
    );
    EXPECT_EQ(People().at(0).consent, "form 17");
    EXPECT_THAT(ActionsIn(*there_.storage), Contains("who imports person.consent").Times(1));
    EXPECT_EQ(answers_.at(0).person, answers_.at(1).person);
    EXPECT_TRUE(answers_.at(1).edit.IsEmpty());
}

TEST_F(HostileGallery, IsRefusedWithTwoOfOneName) {
    document_.at("people").as_array().push_back(boost::json::value(Person()));
    EXPECT_THAT(Refused(), HasSubstr("two people have one name"));
}

TEST_F(HostileGallery, IsRefusedWithAnEmbeddingThatIsNone) {
    auto longer = kAda;
    longer[0] = 1.5F;
    auto none = kAda;
    none[0] = std::numeric_limits<float>::quiet_NaN();
    for (const auto& bytes :
         {std::string(511, 'a'), BytesOf({longer}), BytesOf({none}), BytesOf({kAda, kBob})}) {
        FirstPhoto()["embedding"] = ToBase64(bytes);
        EXPECT_THAT(Refused(), HasSubstr("embedding"));
    }
}

TEST_F(HostileGallery, IsRefusedWithOddPhotos) {
    const boost::json::object whole = FirstPhoto();
    const boost::json::object odd_ones{
        {"crop", ToBase64("<svg onload=alert(1)>")},
        {"sha256", "ABCD"},
        {"model", std::string(63, 'a')},
        {"quality", 1.5},
        {"box", nullptr},
        {"file_name", 3},
        {"embedding", "not base 64"}
    };
    for (const auto& [member, odd] : odd_ones) {
        FirstPhoto() = whole;
        FirstPhoto()[member] = odd;
        EXPECT_THAT(Refused(), HasSubstr(std::string(member)));
    }
}

}  // namespace
}  // namespace notify::testing
