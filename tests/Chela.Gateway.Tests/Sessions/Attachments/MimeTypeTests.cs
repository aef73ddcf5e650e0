using System.Text;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Tests.Sessions.Attachments;

[Trait("Requirement", "B2")]
public sealed class MimeTypeTests
{
    [Theory]
    [InlineData("\u0089PNG\r\n\u001a\n....", null, "image/png")]
    [InlineData("\u0089PNG\r\n\u001a\n....", "image/webp", "image/png")]
    [InlineData("\u0089PNG\r\n\u001a\n....", "text/plain", null)]
    [InlineData("\u0089PNG\r\n\u001a\n....", "application/x-thing", "image/png")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0..", "application/octet-stream", "image/jpeg")]
    [InlineData("GIF89a..", "", "image/gif")]
    [InlineData("RIFF....WEBPVP8", "image/*", "image/webp")]
    [InlineData("RIFF....WAVEfmt", "audio/x-wav", "audio/wav")]
    [InlineData("%PDF-1.7", "application/pdf", "application/pdf")]
    [InlineData("PK\u0003\u0004..", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("PK\u0003\u0004..", "image/png", null)]
    [InlineData("....ftypheic", "image/heic", "image/heic")]
    [InlineData("....ftypisom", "audio/mp4", "video/mp4")]
    [InlineData("\0\u0001\u0002", "audio/amr", "audio/amr")]
    [InlineData("\0\u0001\u0002", "image/png", null)]
    [InlineData("\0\u0001\u0002", "text/plain", null)]
    [InlineData("\0\u0001\u0002", null, "application/octet-stream")]
    [InlineData("\0\u0001\u0002", "not a type", "application/octet-stream")]
    [InlineData("plain words", null, "text/plain")]
    [InlineData("plain words", "text/markdown; charset=utf-8", "text/markdown")]
    [InlineData("{}", "application/json", "application/json")]
    [InlineData("<svg/>", "image/svg+xml", "image/svg+xml")]
    [InlineData("<svg/>", "image/png", null)]
    [InlineData("\u00e9", "text/plain", null)] // not UTF-8
    public void A_file_is_what_its_content_is(string latin1, string? declared, string? expected) =>
        Assert.Equal(expected, MimeType.Of(Encoding.Latin1.GetBytes(latin1), declared));

    [Theory]
    [InlineData("photo.png", "photo.png")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData(@"C:\Users\me\note.txt", "note.txt")]
    [InlineData("..", "other")]
    [InlineData(null, "other")]
    [InlineData("a\nb\u202egnp.exe\0", "abgnp.exe")]
    [InlineData("Grüße 🦀.txt", "Grüße 🦀.txt")]
    public void A_name_is_shown_without_path_and_without_what_nobody_sees(string? name, string expected) =>
        Assert.Equal(expected, FileName.Clean(name, "other"));

    [Fact]
    public void A_long_name_is_cut() => Assert.Equal(120, FileName.Clean(new string('x', 5000), "other").Length);
}
