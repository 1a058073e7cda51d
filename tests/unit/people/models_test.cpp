// What two models measure is never compared: the same numbers of both stand for nothing.

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/face_search.hpp"
#include "people/gallery.hpp"
#include "people/review.hpp"
#include "people/unknown_people.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/people.hpp"
#include "unit/people/fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Embedding kAda = FaceOf(0);
const std::string kAnother(64, '2');

class TwoModels : public PeopleTest {
protected:
    static FaceResult Ada(double distance = 0.1) {
        return MakeFaceResult({{.start_ms = 200, .end_ms = 1800, .shots = {FaceAt(kAda, distance, 50)}}});
    }

    /// As if the item had been looked at by the other model.
    void MeasuredByAnother(const ItemId& item) {
        const auto connection =
            ValueOf(sqlite::Connection::Open(folder_.Path() / "database", sqlite::Access::kWrite));
        EXPECT_EQ(
            ValueOf(connection->Change(
                "UPDATE result SET embedding_model = ? WHERE id = ?",
                kAnother,
                ProcessesOf(item).at(0).result_id
            )),
            1
        );
    }

    PersonId Known(const std::string& name, const std::string& model) {
        const auto person = AddPerson(name, {});
        for (const auto* photo : {"1", "2", "3"}) {
            EnrolmentPhoto each{.id = PhotoId("pho_" + name + photo), .person_id = person};
            each.sha256 = std::string(64, photo[0]);
            each.embedding = kAda;
            each.model = model;
            Write([&](Transaction& transaction) { return testing::AddPhoto(transaction, each); });
        }
        return person;
    }

    GalleryCache known_people_{*storage_};
    FaceSearch search_{
        *storage_,
        *faces_,
        known_people_,
        [](std::string_view) { return Result<std::vector<PhotoFace>>({InPhoto(kAda)}); },
        kModel
    };
};

TEST_F(TwoModels, NameFacesByPhotosOfTheirOwn) {
    Known("Ada", std::string(kModel));
    Known("Bob", kAnother);
    const auto item = Analyse("a.mp4", Ada());
    EXPECT_THAT(NamesIn(item), ElementsAre("Ada confirmed 200-1800"));
    MeasuredByAnother(item);
    EXPECT_TRUE(ValueOf(relabelling_->RelabelItem(item)));
    EXPECT_THAT(NamesIn(item), ElementsAre("Bob confirmed 200-1800"));
}

TEST_F(TwoModels, FollowAnEnrolmentInItemsOfTheirOwn) {
    const auto item = Analyse("a.mp4", Ada());
    ValueOf(relabelling_->Relabel({}));
    Known("Bob", kAnother);
    EXPECT_EQ(ValueOf(relabelling_->Relabel({})), 0);
    EXPECT_THAT(NamesIn(item), IsEmpty());
    MeasuredByAnother(item);
    Known("Cy", kAnother);
    ValueOf(relabelling_->Relabel({}));
    EXPECT_THAT(AppearancesIn(item), SizeIs(1));
}

TEST_F(TwoModels, MakeNoUnknownPersonTogether) {
    UnknownPeople unknown(*storage_, clock_, *faces_);
    MeasuredByAnother(Analyse("a.mp4", Ada()));
    Analyse("b.mp4", Ada(0.11));
    Analyse("c.mp4", Ada(0.12));
    EXPECT_EQ(ValueOf(unknown.Group({})), 0);
    Analyse("d.mp4", Ada(0.13));
    EXPECT_EQ(ValueOf(unknown.Group({})), 3);
}

TEST_F(TwoModels, FindByAPictureWhatTheirOwnMeasured) {
    Known("Bob", kAnother);
    const auto mine = Analyse("a.mp4", Ada());
    MeasuredByAnother(Analyse("b.mp4", Ada(0.11)));
    const auto answers = ValueOf(search_.Search("a picture", 10, 0.4));
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_THAT(answers[0].candidates, IsEmpty()) << "Bob's photos were measured by another";
    ASSERT_THAT(answers[0].seen, SizeIs(1));
    EXPECT_THAT(answers[0].seen[0].items, ElementsAre(mine));
}

TEST_F(TwoModels, FindByAPictureAsManyAsAreAskedForBehindThoseOfAnother) {
    for (const auto* key : {"a.mp4", "b.mp4", "c.mp4", "d.mp4", "e.mp4", "f.mp4"}) {
        MeasuredByAnother(Analyse(key, Ada(0.1)));
    }
    const auto second = Analyse("second.mp4", Ada(0.3));
    const auto first = Analyse("first.mp4", Ada(0.2));
    Analyse("third.mp4", Ada(0.35));
    const auto found = [&](std::size_t limit, double reach) {
        std::vector<ItemId> items;
        const auto answers = ValueOf(search_.Search("a picture", limit, reach));
        for (const auto& seen : answers.at(0).seen) {
            items.insert(items.end(), seen.items.begin(), seen.items.end());
        }
        return items;
    };
    EXPECT_THAT(found(1, 0.4), ElementsAre(first));
    EXPECT_THAT(found(2, 0.4), ElementsAre(first, second));
    EXPECT_THAT(found(10, 0.4), SizeIs(3));
    EXPECT_THAT(found(10, 0.15), IsEmpty());
}

TEST_F(TwoModels, EnrolAPhotoThoughItsOwnersOthersAreOfAnother) {
    Known("Ada", kAnother);
    const auto unlike = InPhoto(FaceOf(3));  // far from what the other measured
    EXPECT_TRUE(ValueOf(Enrol("Ada", {Photo("new", {{unlike}})})).answers.at(0).accepted);
}

TEST_F(TwoModels, AreToldApartByWhatAResultIsKeptWith) {
    const auto claim = Claim("a.mp4");
    Add(claim, Ada(), std::string(64, 'd'));
    Commit();
    const auto process = ProcessesOf(claim.item.id).at(0);
    const auto result =
        Read([&](const Snapshot& snapshot) { return snapshot.results.Get(process.result_id); });
    EXPECT_EQ(result.model_digest, std::string(64, 'd'));
    EXPECT_EQ(result.config_hash, process.config_hash);
    EXPECT_EQ(result.embedding_model, kModel);
    EXPECT_EQ(
        result.lineage_key,
        LineageKey(
            result.content_sha256,
            result.processor,
            result.processor_version,
            result.model_digest,
            result.config_hash
        )
    ) << "all that the lineage is made of";
}

}  // namespace
}  // namespace notify::testing
