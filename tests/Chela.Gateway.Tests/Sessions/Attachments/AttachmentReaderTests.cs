using System.Text;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Sessions.Attachments;

[Trait("Requirement", "B2")]
public sealed class AttachmentReaderTests
{
    private static readonly AttachmentLimits Limits = new(MaxBytes: 2000, MaxImageBytes: 1000);

    [Theory]
    [InlineData("", "data:image/png;base64,")]
    [InlineData(" \n", "data:image/png;name=a.png;base64,")]
    public void A_file_is_decoded_and_named_by_its_content(string around, string prefix)
    {
        var upload = Read(Sent(around + prefix + Convert.ToBase64String(SampleFiles.Png) + around, "../../photo.png", "image/jpeg"));

        Assert.Equal((BlobFolder.HashOf(SampleFiles.Png), "image/png", "photo.png", 70L), (upload.Attachment.Sha256, upload.Attachment.MimeType, upload.Attachment.FileName, upload.Attachment.Bytes));
        Assert.Equal(SampleFiles.Png, upload.Content.ToArray());
    }

    [Theory]
    [InlineData("null", "attachment attachment-1: content must be base64 string")]
    [InlineData("5", "attachment attachment-1: content must be base64 string")]
    [InlineData("{}", "attachment attachment-1: content must be base64 string")]
    [InlineData("\"\"", "attachment attachment-1: exceeds size limit (0 > 2000 bytes)")]
    [InlineData("\"a\"", "attachment attachment-1: invalid base64 content")]
    [InlineData("\"aGVsbG8\"", "attachment attachment-1: invalid base64 content")]
    [InlineData("\"aGVs_G8=\"", "attachment attachment-1: invalid base64 content")]
    [InlineData("\"aGVs====\"", "attachment attachment-1: invalid base64 content")]
    [InlineData("\"data:image/png,hello\"", "attachment attachment-1: invalid base64 content")]
    [InlineData("\"\\ud83d\\udd12\"", "attachment attachment-1: invalid base64 content")]
    public void What_is_no_base64_is_refused(string content, string problem) =>
        Assert.Equal(problem, Problem(new AttachmentParams { Content = JsonElement.Parse(content) }));

    [Fact]
    public void What_is_too_long_is_refused_before_it_is_decoded()
    {
        byte[] picture = [.. SampleFiles.Png, .. new byte[1000]];

        Assert.Equal("attachment x: exceeds size limit (2001 > 2000 bytes)", Problem(Sent(Convert.ToBase64String(new byte[2001]), "x", null)));
        Assert.Equal("attachment x: exceeds size limit (1070 > 1000 bytes)", Problem(Sent(Convert.ToBase64String(picture), "x", null)));
    }

    [Theory]
    [InlineData("image/png", "attachment x: its content is not image png")]
    [InlineData("IMAGE/PNG; a=b", "attachment x: its content is not IMAGE png; a=b")]
    [InlineData("application/pdf", "attachment x: its content is not application pdf")]
    public void What_is_said_of_a_file_must_fit_it(string declared, string problem) =>
        Assert.Equal(problem.ToUpperInvariant(), Problem(Sent(Convert.ToBase64String("hello"u8), "x", declared)).ToUpperInvariant());

    [Fact]
    public void Whatever_is_sent_is_read_or_refused_in_words()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 3000; trial++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            var text = random.Next(3) == 0 ? Encoding.Latin1.GetString(bytes) : Convert.ToBase64String(bytes);
            var cut = text[..random.Next(text.Length + 1)];
            try
            {
                var upload = Read(Sent(cut, Encoding.Latin1.GetString(bytes), Encoding.Latin1.GetString(bytes)));
                Assert.Equal(upload.Attachment.Sha256, BlobFolder.HashOf(upload.Content.Span));
                Assert.DoesNotContain('/', upload.Attachment.FileName);
            }
            catch (RpcException refused)
            {
                Assert.Equal(RpcErrorKind.InvalidParams, refused.Error.Kind);
                Assert.StartsWith("attachment ", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    private static AttachmentParams Sent(string content, string name, string? declared) =>
        new() { Content = JsonSerializer.SerializeToElement(content), FileName = name, MimeType = declared };

    private static Upload Read(AttachmentParams sent) => AttachmentReader.Read(sent, 1, Limits);

    private static string Problem(AttachmentParams sent) => Assert.Throws<RpcException>(() => Read(sent)).Message;
}
