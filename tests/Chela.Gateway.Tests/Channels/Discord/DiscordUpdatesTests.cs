using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Discord;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>What Discord tells, as its documentation shows it, becomes messages; and what models write becomes its Markdown.</summary>
[Trait("Requirement", "B2")]
public sealed class DiscordUpdatesTests
{
    private static readonly DiscordUser Bot = new("99");

    [Fact]
    public void A_private_message_has_the_person_as_sender_and_its_channel_as_place_of_the_answer()
    {
        var message = Read("""{"id":"175928847299117063","channel_id":"5","type":0,"author":{"id":"42","username":"anna","global_name":"Anna"},"content":"hello"}""")!;

        Assert.Equal(("discord:work:5:175928847299117063", "42", "hello", "Anna", 1_462_015_105_796), (message.RunId, message.SenderId, message.Content, message.SenderName, message.TimestampMs));
        Assert.Equal(new Peer(PeerKind.Direct, "42"), message.Origin.Peer);
        Assert.Equal(new ReplyTarget("discord", "work", "5"), message.ReplyTo);
    }

    [Fact]
    public void A_message_of_a_thread_knows_its_channel_its_server_and_the_roles_of_who_speaks()
    {
        var message = Read("""{"id":"1","channel_id":"5","guild_id":"9","author":{"id":"42"},"member":{"nick":"A","roles":["7"]},"content":"hello"}""", "4")!;

        Assert.Equal((new Peer(PeerKind.Channel, "5"), new Peer(PeerKind.Channel, "4"), "9", "7"), (message.Origin.Peer, message.Origin.Parent, message.Origin.Guild, message.Origin.Roles.Single()));
        Assert.Equal(("A", PeerKind.Channel), (message.SenderName, message.ReplyTo!.Kind));
    }

    [Theory]
    [InlineData("<@99> what now", "what now")]
    [InlineData("<@!99> what now", "what now")]
    [InlineData("what now <@99>", "what now <@99>")]
    [InlineData("<@98> what now <@99>", "<@98> what now <@99>")]
    [InlineData("<@99>", "<@99>")]
    public void The_name_of_the_bot_is_taken_off_in_front(string text, string content)
    {
        var message = Read($$"""{"id":"1","channel_id":"5","guild_id":"9","author":{"id":"42"},"mentions":[{"id":"99"}],"content":"{{text}}"}""")!;

        Assert.Equal((content, true), (message.Content, message.IsMention));
    }

    [Theory]
    [InlineData("""{"id":"1","channel_id":"5","author":{"id":"43","bot":true},"content":"I am a bot"}""")]
    [InlineData("""{"id":"1","channel_id":"5","author":{"id":"43"},"webhook_id":"8","content":"I am a program"}""")]
    [InlineData("""{"id":"1","channel_id":"5","guild_id":"9","type":7,"author":{"id":"43"},"content":""}""")]
    [InlineData("""{"id":"1","channel_id":"5","author":{"id":"43"},"content":""}""")]
    [InlineData("""{"id":"no number","channel_id":"5","author":{"id":"43"},"content":"hello"}""")]
    [InlineData("""{"id":"1","channel_id":"5","content":"from nobody"}""")]
    public void What_nobody_says_is_no_message(string message) => Assert.Null(Read(message));

    [Theory]
    [InlineData("""{"id":"1","token":"t","type":2,"channel_id":"5","user":{"id":"42"},"data":{"name":"model","options":[{"name":"text","value":"openai/gpt-5"}]}}""", "/model openai/gpt-5")]
    [InlineData("""{"id":"1","token":"t","type":2,"channel_id":"5","user":{"id":"42"},"data":{"name":"help"}}""", "/help")]
    [InlineData("""{"id":"1","token":"t","type":3,"channel_id":"5","user":{"id":"42"},"data":{"custom_id":"/approve 7"}}""", "/approve 7")]
    [InlineData("""{"id":"1","token":"t","type":4,"channel_id":"5","user":{"id":"42"},"data":{"name":"help"}}""", null)]
    [InlineData("""{"id":"1","token":"t","type":2,"data":{"name":"help"}}""", null)]
    public void A_command_and_a_button_are_messages(string interaction, string? content) =>
        Assert.Equal(content, DiscordUpdates.MessageOf(JsonSerializer.Deserialize(interaction, DiscordJson.Default.DiscordInteraction)!, "work")?.Content);

    [Theory]
    [Trait("Requirement", "C4")]
    [InlineData("**bold** and *italic* and ~~gone~~", "**bold** and *italic* and ~~gone~~")]
    [InlineData("# Title\n\n- one\n- two", "## Title\n\n• one\n• two")]
    [InlineData("`a*b` and snake_case_name and 2 * 3", "`a*b` and snake_case_name and 2 \\* 3")]
    [InlineData("```cs\nvar a = 1;\n```", "```cs\nvar a = 1;\n```")]
    [InlineData("> said\n> so", "> said\n> so")]
    [InlineData("[here](https://example.org/a_b)", "[here](<https://example.org/a_b>)")]
    [InlineData("see https://example.org/Foo_(bar)_baz and _more", "see https://example.org/Foo_(bar)_baz and \\_more")]
    [InlineData("<https://example.org>", "https://example.org/")]
    [InlineData("||no spoiler|| \\*no star\\*", "\\|\\|no spoiler\\|\\| \\*no star\\*")]
    [InlineData("| a | b |\n| --- | --- |\n| 1 | 2 |", "```\n| a | b |\n| --- | --- |\n| 1 | 2 |\n```")]
    [InlineData("<@42> look", "<@42> look")]
    public void Markdown_becomes_that_of_discord(string markdown, string written) => Assert.Equal(written, DiscordMarkup.Of(markdown));

    private static ChannelMessage? Read(string message, string? channel = null) =>
        DiscordUpdates.MessageOf(JsonSerializer.Deserialize(message, DiscordJson.Default.DiscordMessage)!, "work", Bot, channel);
}
