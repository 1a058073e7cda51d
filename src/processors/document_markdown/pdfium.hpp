#pragma once

// What is used of PDFium's C interface (public/fpdfview.h, fpdf_text.h, fpdf_edit.h, fpdf_doc.h;
// BSD-3-Clause), declared here because the pinned wheel has the library without its headers. PDFium is not
// thread-safe.

#include <cstddef>

extern "C" {

// NOLINTBEGIN(readability-identifier-naming): PDFium's own names
struct FPDF_DocumentRecord;
struct FPDF_PageRecord;
struct FPDF_TextPageRecord;
struct FPDF_PageObjectRecord;
struct FPDF_PathSegmentRecord;
struct FPDF_FontRecord;
struct FPDF_BookmarkRecord;
struct FPDF_DestRecord;
struct FPDF_LinkRecord;
struct FPDF_ActionRecord;
struct FPDF_BitmapRecord;
struct FPDF_StructTreeRecord;
struct FPDF_StructElementRecord;
struct FPDF_PageObjectMarkRecord;

struct FS_MATRIX {
    float a, b, c, d, e, f;
};

struct FS_RECTF {
    float left, top, right, bottom;
};

struct FPDF_LIBRARY_CONFIG {
    int version;
    const char** m_pUserFontPaths;
    void* m_pIsolate;
    unsigned int m_v8EmbedderSlot;
};

struct FPDF_FILEACCESS {
    unsigned long m_FileLen;
    int (*m_GetBlock)(void* param, unsigned long position, unsigned char* into, unsigned long size);
    void* m_Param;
};

void FPDF_InitLibraryWithConfig(const FPDF_LIBRARY_CONFIG* config);
FPDF_DocumentRecord* FPDF_LoadCustomDocument(FPDF_FILEACCESS* file, const char* password);
unsigned long FPDF_GetLastError();
void FPDF_CloseDocument(FPDF_DocumentRecord* document);
int FPDF_GetPageCount(FPDF_DocumentRecord* document);
int FPDF_DocumentHasValidCrossReferenceTable(FPDF_DocumentRecord* document);
int FPDFDoc_GetAttachmentCount(FPDF_DocumentRecord* document);
int FPDFDoc_GetJavaScriptActionCount(FPDF_DocumentRecord* document);

FPDF_PageRecord* FPDF_LoadPage(FPDF_DocumentRecord* document, int index);
void FPDF_ClosePage(FPDF_PageRecord* page);
int FPDFPage_GetRotation(FPDF_PageRecord* page);
int FPDF_GetPageBoundingBox(FPDF_PageRecord* page, FS_RECTF* box);

FPDF_TextPageRecord* FPDFText_LoadPage(FPDF_PageRecord* page);
void FPDFText_ClosePage(FPDF_TextPageRecord* text);
int FPDFText_CountChars(FPDF_TextPageRecord* text);
unsigned int FPDFText_GetUnicode(FPDF_TextPageRecord* text, int index);
int FPDFText_IsGenerated(FPDF_TextPageRecord* text, int index);
int FPDFText_IsHyphen(FPDF_TextPageRecord* text, int index);
int FPDFText_HasUnicodeMapError(FPDF_TextPageRecord* text, int index);
int FPDFText_GetLooseCharBox(FPDF_TextPageRecord* text, int index, FS_RECTF* box);
int FPDFText_GetCharOrigin(FPDF_TextPageRecord* text, int index, double* x, double* y);
int FPDFText_GetMatrix(FPDF_TextPageRecord* text, int index, FS_MATRIX* matrix);
double FPDFText_GetFontSize(FPDF_TextPageRecord* text, int index);
FPDF_PageObjectRecord* FPDFText_GetTextObject(FPDF_TextPageRecord* text, int index);

FPDF_FontRecord* FPDFTextObj_GetFont(FPDF_PageObjectRecord* text);
std::size_t FPDFFont_GetBaseFontName(FPDF_FontRecord* font, char* buffer, std::size_t length);
int FPDFFont_GetFlags(FPDF_FontRecord* font);
int FPDFFont_GetWeight(FPDF_FontRecord* font);

int FPDFPage_CountObjects(FPDF_PageRecord* page);
FPDF_PageObjectRecord* FPDFPage_GetObject(FPDF_PageRecord* page, int index);
int FPDFPageObj_GetType(FPDF_PageObjectRecord* object);
int FPDFPageObj_GetBounds(
    FPDF_PageObjectRecord* object, float* left, float* bottom, float* right, float* top
);
int FPDFPageObj_GetMarkedContentID(FPDF_PageObjectRecord* object);
int FPDFPageObj_CountMarks(FPDF_PageObjectRecord* object);
FPDF_PageObjectMarkRecord* FPDFPageObj_GetMark(FPDF_PageObjectRecord* object, unsigned long index);
int FPDFPageObjMark_GetName(
    FPDF_PageObjectMarkRecord* mark, void* buffer, unsigned long bytes, unsigned long* length
);
int FPDFPageObj_GetMatrix(FPDF_PageObjectRecord* object, FS_MATRIX* matrix);
int FPDFFormObj_CountObjects(FPDF_PageObjectRecord* form);
FPDF_PageObjectRecord* FPDFFormObj_GetObject(FPDF_PageObjectRecord* form, unsigned long index);
int FPDFPath_CountSegments(FPDF_PageObjectRecord* path);
FPDF_PathSegmentRecord* FPDFPath_GetPathSegment(FPDF_PageObjectRecord* path, int index);
int FPDFPathSegment_GetType(FPDF_PathSegmentRecord* segment);
int FPDFPathSegment_GetPoint(FPDF_PathSegmentRecord* segment, float* x, float* y);
int FPDFPath_GetDrawMode(FPDF_PageObjectRecord* path, int* fill_mode, int* stroke);

FPDF_BookmarkRecord* FPDFBookmark_GetFirstChild(FPDF_DocumentRecord* document, FPDF_BookmarkRecord* parent);
FPDF_BookmarkRecord* FPDFBookmark_GetNextSibling(
    FPDF_DocumentRecord* document, FPDF_BookmarkRecord* bookmark
);
unsigned long FPDFBookmark_GetTitle(FPDF_BookmarkRecord* bookmark, void* buffer, unsigned long bytes);
FPDF_DestRecord* FPDFBookmark_GetDest(FPDF_DocumentRecord* document, FPDF_BookmarkRecord* bookmark);
int FPDFDest_GetDestPageIndex(FPDF_DocumentRecord* document, FPDF_DestRecord* destination);

FPDF_StructTreeRecord* FPDF_StructTree_GetForPage(FPDF_PageRecord* page);
void FPDF_StructTree_Close(FPDF_StructTreeRecord* tree);
int FPDF_StructTree_CountChildren(FPDF_StructTreeRecord* tree);
FPDF_StructElementRecord* FPDF_StructTree_GetChildAtIndex(FPDF_StructTreeRecord* tree, int index);
unsigned long FPDF_StructElement_GetType(
    FPDF_StructElementRecord* element, void* buffer, unsigned long bytes
);
int FPDF_StructElement_CountChildren(FPDF_StructElementRecord* element);
FPDF_StructElementRecord* FPDF_StructElement_GetChildAtIndex(FPDF_StructElementRecord* element, int index);
int FPDF_StructElement_GetChildMarkedContentID(FPDF_StructElementRecord* element, int index);

int FPDFLink_Enumerate(FPDF_PageRecord* page, int* position, FPDF_LinkRecord** link);
int FPDFLink_GetAnnotRect(FPDF_LinkRecord* link, FS_RECTF* box);
FPDF_ActionRecord* FPDFLink_GetAction(FPDF_LinkRecord* link);
unsigned long FPDFAction_GetType(FPDF_ActionRecord* action);
unsigned long FPDFAction_GetURIPath(
    FPDF_DocumentRecord* document, FPDF_ActionRecord* action, void* buffer, unsigned long bytes
);

FPDF_BitmapRecord* FPDFBitmap_CreateEx(int width, int height, int format, void* pixels, int stride);
void FPDFBitmap_Destroy(FPDF_BitmapRecord* bitmap);
void FPDF_RenderPageBitmap(
    FPDF_BitmapRecord* bitmap,
    FPDF_PageRecord* page,
    int start_x,
    int start_y,
    int size_x,
    int size_y,
    int rotate,
    int flags
);
// NOLINTEND(readability-identifier-naming)
}
