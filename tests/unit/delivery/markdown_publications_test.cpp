// Texts of documents with their pictures, through the outbox.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/delivery/publishing_fixture.hpp"

namespace notify::testing {
namespace {

constexpr const char* kTwoPictures = R"({"schema":"document_markdown/1","markdown":"text",
    "images":[{"file":"one.jpg"},{"file":"one.jpg"},{"file":"not-there.jpg"},{"file":7},{"file":"two.jpg"}]})";
constexpr const char* kOnePicture =
    R"({"schema":"document_markdown/1","markdown":"text","images":[{"file":"two.jpg"}]})";

class MarkdownPublications : public Publishing {
protected:
    MarkdownPublications() {
        bucket_.options.publishing.formats = {"markdown"};
        item_.key = "day/a (1).pdf";
    }

    void FillWith(const std::string& document, const std::string& text) {
        for (const auto& [name, bytes] :
             {std::pair("text", text), {"one.jpg", "first"}, {"two.jpg", "second"}}) {
            auto prepared = artifacts_->Prepare({.name = name, .media_type = "image/jpeg"}, bytes).value();
            Change([&](Transaction& transaction) { return prepared.Commit(transaction); });
            found_artifacts_.push_back(prepared.ref);
        }
        Fill(document);
    }

    void Publish() {
        if (!dispatcher_) {
            Start();
        }
        ASSERT_TRUE(RequestWanted());
        AwaitAll();
    }

    /// As a later run that found another document would leave it.
    void FindInstead(const std::string& document) {
        Change([&](Transaction& transaction) -> Result<void> {
            auto result =
                transaction.results.Get(transaction.processes.OfItem(item_.id).value().at(0).result_id)
                    .value();
            result.id = ResultId(MakeId("res"));
            result.lineage_key = document;
            result.document = document;
            auto run = transaction.processes.OfItem(item_.id).value().at(0);
            run.id = ProcessId(MakeId("prc"));
            run.run = 2;
            return transaction.results.AddOrGet(result).and_then([&](const ResultId& id) {
                run.result_id = id;
                return transaction.processes.Add(run);
            });
        });
    }

    std::string At(const std::string& rest) {
        const auto found = memory_.objects.find("day/a (1).pdf" + rest);
        return found == memory_.objects.end() ? "not there" : found->second;
    }
};

TEST_F(MarkdownPublications, AreATextWhosePicturesStandInAFolderBesideIt) {
    FillWith(kTwoPictures, "Words ![a](two.jpg) and ![b](one.jpg), [c](not-there.jpg) [d](two.jpg");
    Publish();
    EXPECT_EQ(
        At(".md"),
        "<!-- notifications-api document-markdown -->\n\nWords ![a](a%20%281%29.pdf.assets/image-2.jpg) and "
        "![b](a%20%281%29.pdf.assets/image-1.jpg), [c](not-there.jpg) [d](two.jpg"
    );
    EXPECT_EQ(At(".assets/image-1.jpg"), "first");
    EXPECT_EQ(At(".assets/image-2.jpg"), "second");
    EXPECT_EQ(memory_.objects.size(), 4U) << "and the JSON";
    EXPECT_EQ(memory_.media_types.at("day/a (1).pdf.md"), "text/markdown; charset=utf-8");
    EXPECT_EQ(memory_.media_types.at("day/a (1).pdf.assets/image-1.jpg"), "image/jpeg");
    for (const auto& [key, bytes] : memory_.objects) {
        EXPECT_TRUE(IsOurs(key)) << key;
    }
    EXPECT_EQ(memory_.publishes, 4);
    Publish();
    EXPECT_EQ(memory_.publishes, 4) << "nothing changed";
}

TEST_F(MarkdownPublications, LoseThePicturesThatTheirTextHasNoMore) {
    FillWith(kTwoPictures, "![a](two.jpg)");
    Publish();
    memory_.objects["day/a (1).pdf.assets/image-3.jpg"] = "somebody else's";
    FindInstead(kOnePicture);
    Publish();
    EXPECT_EQ(At(".assets/image-1.jpg"), "second");
    EXPECT_EQ(At(".assets/image-2.jpg"), "not there");
    EXPECT_EQ(At(".assets/image-3.jpg"), "somebody else's");
    EXPECT_TRUE(IsOurs("day/a (1).pdf.assets/image-2.jpg")) << "a scan may have seen it";
}

TEST_F(MarkdownPublications, HaveNothingToTellOfWhatIsNoDocument) {
    Fill();
    Publish();
    EXPECT_EQ(At(".md"), "not there");
    EXPECT_EQ(Ended("markdown").status, Status::kSkipped);
    EXPECT_EQ(Ended("markdown").last_error, "markdown: no run that reads documents has completed");
}

TEST_F(MarkdownPublications, AreNotWrittenWhereAPictureOfSomebodyElseStands) {
    memory_.objects["day/a (1).pdf.assets/image-2.jpg"] = "mine";
    FillWith(kTwoPictures, "![a](two.jpg)");
    Start();
    ASSERT_TRUE(RequestWanted());
    ASSERT_TRUE(Eventually([&] {
        return Ended("markdown").last_error.find("move it away") != std::string::npos;
    }));
    EXPECT_EQ(At(".assets/image-2.jpg"), "mine");
    EXPECT_EQ(At(".md"), "not there");
    EXPECT_EQ(At(".assets/image-1.jpg"), "not there");
}

TEST_F(MarkdownPublications, OfAnEarlierDatabaseAreTakenOverWithTheirPictures) {
    memory_.objects["day/a (1).pdf.md"] = "<!-- notifications-api document-markdown -->\n\nEarlier";
    memory_.objects["day/a (1).pdf.assets/image-2.jpg"] = "earlier";
    FillWith(kTwoPictures, "![a](two.jpg)");
    Publish();
    EXPECT_EQ(At(".assets/image-2.jpg"), "second");
    EXPECT_EQ(Ended("markdown").status, Status::kCompleted);
}

}  // namespace
}  // namespace notify::testing
