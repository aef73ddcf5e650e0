using System.Text;
using Chela.Gateway.Channels.Feishu;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>The frames, the seal and the markup of Feishu, against what its own SDK (@larksuiteoapi/node-sdk 1.74) writes and its documentation shows.</summary>
[Trait("Requirement", "C1")]
public sealed class FeishuWireTests
{
    private const string OfEvent =
        "080710ac0218f681801020012a0d0a047479706512056576656e742a100a0a6d6573736167655f696412026d312a080a0373756d1201312a080a0373657112013032003a0042077b2261223a317d4a06323032363131";

    [Fact]
    public void A_frame_of_the_sdk_is_read_and_written_back_to_the_byte()
    {
        var frame = FeishuFrame.Read(Convert.FromHexString(OfEvent))!;

        Assert.Equal((7UL, 300UL, 33554678, FeishuFrame.Data, "202611", """{"a":1}"""), (frame.SeqId, frame.LogId, frame.Service, frame.Method, frame.LogIdNew, Encoding.UTF8.GetString(frame.Payload.Span)));
        Assert.Equal([("type", "event"), ("message_id", "m1"), ("sum", "1"), ("seq", "0")], frame.Headers);
        Assert.Equal(OfEvent, Convert.ToHexStringLower(frame.Write()));
    }

    [Fact]
    public void Whatever_is_cut_off_or_changed_breaks_nothing()
    {
        var bytes = Convert.FromHexString(OfEvent);
        for (var length = 0; length < bytes.Length; length++)
        {
            _ = FeishuFrame.Read(bytes.AsMemory(0, length));
            foreach (var value in new byte[] { 0x00, 0x7F, 0x80, 0xFF })
            {
                var changed = bytes.ToArray();
                changed[length] = value;
                _ = FeishuFrame.Read(changed);
            }
        }

        Assert.Null(FeishuFrame.Read(new byte[] { 0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }));
        Assert.Null(FeishuFrame.Read(Enumerable.Repeat(new byte[] { 0x2A, 0x00 }, 101).SelectMany(header => header).ToArray()));
    }

    [Fact]
    public void Frames_of_an_event_are_put_together_and_what_never_becomes_whole_gives_way()
    {
        var parts = new FeishuParts();

        Assert.Null(parts.Add(Part("a", 2, 1, "two")));
        Assert.Null(parts.Add(Part("b", 2, 0, "other")));
        Assert.Equal("one two", Encoding.UTF8.GetString(parts.Add(Part("a", 2, 0, "one "))!.Value.Span));
        Assert.Equal("alone", Encoding.UTF8.GetString(parts.Add(Part("c", 1, 0, "alone"))!.Value.Span));
        Assert.Null(parts.Add(Part("d", FeishuParts.MaxFrames + 1, 0, "too many")));
        Assert.Null(parts.Add(Part("e", 2, 2, "beyond")));
        Assert.Null(parts.Add(Part("f", 2, 0, new string('x', FeishuParts.MaxBytes))));
        Assert.Null(parts.Add(Part("f", 2, 1, "too long")));
        for (var number = 0; number < FeishuParts.MaxEvents; number++)
        {
            Assert.Null(parts.Add(Part($"g{number}", 2, 0, "half")));
        }

        Assert.Null(parts.Add(Part("b", 2, 1, "too late")));
    }

    [Fact]
    public void What_is_encrypted_opens_with_its_key_alone()
    {
        // {"type":"url_verification","token":"t"} under "test key", by the cipher of the SDK
        var body = Encoding.UTF8.GetBytes("""{"encrypt":"AAECAwQFBgcICQoLDA0OD0nVfUSk5vZiFpeYmJps9c5PLpwXaIYcMJCOZ889WkwKQHVHqNQ8pR0hct1toPn9OQ=="}""");

        Assert.Equal("url_verification", FeishuSeal.Open("test key", body)!.Value.Event.Type);
        Assert.Null(FeishuSeal.Open("another key", body));
        Assert.All(["", "{}", "[]", """{"encrypt":""}""", """{"encrypt":"AAAA"}""", """{"encrypt":"%"}"""], text => Assert.Null(FeishuSeal.Open("test key", Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("**bold** *italic* ~~gone~~ `code`", "**bold** *italic* ~~gone~~ `code`")]
    [InlineData("# Title\n\ntext", "**Title**\n\ntext")]
    [InlineData("```cs\nvar a = 1;\n```", "```cs\nvar a = 1;\n```")]
    [InlineData("````\n```\n````", "````\n```\n````")]
    [InlineData("| a |\n| - |\n| 1 |", "```\n| a |\n| - |\n| 1 |\n```")]
    [InlineData("> said\n> so", "> said\n> so")]
    [InlineData("[here](https://example.org/)", "[here](https://example.org/)")]
    [InlineData("[here](javascript:alert)", "here")]
    [InlineData("1 < 2 <b>", "1 < 2 <b>")]
    [InlineData("<at user_id=\"all\"></at>", "<\u200Bat user_id=\"all\"><\u200B/at>")]
    [InlineData("`<AT id=all>`", "`<\u200BAT id=all>`")]
    [Trait("Requirement", "C4")]
    public void Markdown_becomes_that_of_feishu_and_calls_nobody(string markdown, string written) => Assert.Equal(written, FeishuMarkdown.Of(markdown));

    [Fact]
    [Trait("Requirement", "C4")]
    public void Pictures_and_films_are_sent_as_such_unless_they_are_too_large_and_the_rest_as_files()
    {
        Assert.Equal(
            ["image", "image", "media", "file", "file"],
            new[] { "image/png", "image/jpeg", "video/mp4", "image/svg+xml", "application/pdf" }.Select(type => new FeishuUpload("x", type, new byte[1]).Kind));
        Assert.Equal("file", new FeishuUpload("x", "image/png", new byte[(10 * 1024 * 1024) + 1]).Kind);
        Assert.Equal(("GLANCE", "OnIt", null), (FeishuEmoji.Of("👀"), FeishuEmoji.Of("OnIt"), FeishuEmoji.Of("🦞")));
    }

    private static FeishuFrame Part(string id, int sum, int seq, string text) =>
        new() { Headers = [("message_id", id), ("sum", $"{sum}"), ("seq", $"{seq}")], Payload = Encoding.UTF8.GetBytes(text) };
}
