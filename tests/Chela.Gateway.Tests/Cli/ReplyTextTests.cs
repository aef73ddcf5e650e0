using System.Text.Json;
using Chela.Cli;
using Chela.Cli.Chat;
using Chela.Gateway.Tests.Client;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class ReplyTextTests
{
    [Fact]
    public void A_recorded_run_prints_its_text_once()
    {
        var reply = new ReplyText();

        var printed = string.Concat(RecordedFrames.Run("r").Where(IsChat).Select(frame => reply.Take(Event(frame), missed: false)));

        Assert.Equal("lorem ipsum dolor sit", printed);
        Assert.Equal("lorem ipsum dolor sit", reply.Whole);
    }

    [Fact]
    public void A_missed_delta_is_made_good_from_the_whole_message()
    {
        var reply = new ReplyText();

        var first = reply.Take(Event(RecordedFrames.Delta("r", 1, "a", "a")), missed: false);
        var second = reply.Take(Event(RecordedFrames.Delta("r", 3, "c", "abc")), missed: true);

        Assert.Equal("abc", first + second);
    }

    [Fact]
    public void A_replacement_that_continues_prints_only_what_is_new()
    {
        var reply = new ReplyText();
        reply.Take(Event(RecordedFrames.Delta("r", 1, "ab", "ab")), missed: false);

        Assert.Equal("c", reply.Take(Event(RecordedFrames.Replacement("r", 2, "abc")), missed: false));
    }

    [Fact]
    public void A_replacement_that_differs_is_printed_anew_on_its_own_line()
    {
        var reply = new ReplyText();
        reply.Take(Event(RecordedFrames.Delta("r", 1, "ab", "ab")), missed: false);

        Assert.Equal("\nxy", reply.Take(Event(RecordedFrames.Replacement("r", 2, "xy")), missed: false));
        Assert.Equal("xy", reply.Whole);
    }

    [Fact]
    public void Older_gateways_send_the_whole_message_only()
    {
        var reply = new ReplyText();

        var first = reply.Take(Whole("ab"), missed: false);
        var second = reply.Take(Whole("abcd"), missed: false);

        Assert.Equal(("ab", "cd"), (first, second));
    }

    [Fact]
    public void An_end_without_a_message_prints_nothing()
    {
        var reply = new ReplyText();

        Assert.Equal("", reply.Take(new ChatEvent("r", "final"), missed: false));
    }

    private static bool IsChat(string frame) => frame.Contains("\"event\":\"chat\"", StringComparison.Ordinal);

    private static ChatEvent Event(string frame) =>
        JsonElement.Parse(frame).GetProperty("payload").Deserialize(CliJson.Default.ChatEvent)!;

    private static ChatEvent Whole(string text) => new("r", "delta")
    {
        Message = JsonElement.Parse($$"""{"role":"assistant","content":[{"type":"text","text":"{{text}}"}]}"""),
    };
}
