using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Slack;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>What is made of what Slack tells, and of what agents write.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class SlackEventsTests
{
    private static readonly SlackIdentity Bot = new() { UserId = "U0BOT", User = "chela" };

    private static readonly SlackEvent Hello = new() { Type = "message", Channel = "C1", ChannelType = "channel", User = "U42", Text = "hello", Ts = "1700000000.000100" };

    [Theory]
    [InlineData("im", "D1", PeerKind.Direct, "U42")]
    [InlineData("mpim", "G1", PeerKind.Group, "G1")]
    [InlineData("channel", "C1", PeerKind.Channel, "C1")]
    [InlineData("group", "C1", PeerKind.Channel, "C1")]
    [InlineData(null, "D1", PeerKind.Direct, "U42")]
    [InlineData(null, "C1", PeerKind.Channel, "C1")]
    public void A_conversation_is_of_its_kind_and_answered_where_it_is(string? type, string channel, PeerKind kind, string peer)
    {
        var message = SlackEvents.MessageOf(Hello with { ChannelType = type, Channel = channel }, "work", Bot)!;

        Assert.Equal((kind, peer), (message.Origin.Peer.Kind, message.Origin.Peer.Id));
        Assert.Equal(new ReplyTarget("slack", "work", channel) { Kind = kind }, message.ReplyTo);
        Assert.Equal(($"slack:work:{channel}:1700000000.000100", 1_700_000_000_000), (message.RunId, message.TimestampMs));
    }

    [Fact]
    public void A_thread_is_a_conversation_of_its_own_and_its_first_message_is_not_yet_in_it()
    {
        var first = SlackEvents.MessageOf(Hello with { ThreadTs = Hello.Ts }, "work", Bot)!;
        var answer = SlackEvents.MessageOf(Hello with { ThreadTs = "1690000000.000001", ParentUserId = "U0BOT" }, "work", Bot)!;

        Assert.Equal((null, null, false), (first.Origin.Thread?.Id, first.ReplyTo?.Thread, first.IsMention));
        Assert.Equal(("1690000000.000001", "1690000000.000001", true), (answer.Origin.Thread?.Id, answer.ReplyTo?.Thread, answer.IsMention));
    }

    public static TheoryData<string> NoWords => ["own", "bot", "changed", "joined", "nobody", "nowhere", "never", "hostile", "empty", "reaction"];

    [Theory]
    [MemberData(nameof(NoWords))]
    public void What_is_no_word_of_a_person_is_passed_over(string what)
    {
        var said = what switch
        {
            "own" => Hello with { User = "U0BOT" },
            "bot" => Hello with { BotId = "B2" },
            "changed" => Hello with { Subtype = "message_changed" },
            "joined" => Hello with { Subtype = "channel_join" },
            "nobody" => Hello with { User = null },
            "nowhere" => Hello with { Channel = "" },
            "never" => Hello with { Ts = "soon" },
            "hostile" => Hello with { Channel = "C1:../x" },
            "empty" => Hello with { Text = " " },
            _ => Hello with { Type = "reaction_added" },
        };

        Assert.Null(SlackEvents.MessageOf(said, "work", Bot));
    }

    [Theory]
    [InlineData("<@U0BOT> to you", "to you", true)]
    [InlineData("<@U0BOT|chela>: to you", ": to you", true)]
    [InlineData("I ask <@U0BOT> now", "I ask @chela now", true)]
    [InlineData("I ask <@U2> and <@U3|bert>", "I ask @U2 and @bert", false)]
    [InlineData("<@U0BOTTLE> hi", "@U0BOTTLE hi", false)]
    [InlineData("see <#C1|general>, <!here> <!subteam^S1|@team>", "see #general, @here @team", false)]
    [InlineData("<https://a.example/x?a=1&amp;b=2> <https://a.example|page> <mailto:a@b.example|a@b.example>", "https://a.example/x?a=1&b=2 [page](https://a.example) a@b.example", false)]
    [InlineData("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt; stays", "1 < 2 && 3 > 2, &lt; stays", false)]
    [InlineData("an open < end", "an open < end", false)]
    [InlineData("<>", "", false)]
    [InlineData("", "", false)]
    public void A_text_is_read_as_people_see_it(string text, string content, bool isMention) =>
        Assert.Equal(new SlackText(content, isMention), SlackText.Of(text, Bot));

    [Fact]
    public void A_button_says_what_it_stands_for_in_the_thread_of_its_message()
    {
        var pressed = new SlackInteraction
        {
            Type = "block_actions",
            User = new() { Id = "U42" },
            Channel = new() { Id = "C1", Name = "us" },
            Message = Hello with { ThreadTs = "1690000000.000001" },
            Actions = [new() { Value = "/approve A allow-once", ActionTs = "1700000002.000001" }],
        };

        var message = SlackEvents.MessageOf(pressed, "work", 5)!;

        Assert.Equal(("slack:work:C1:press:1700000002.000001", "/approve A allow-once", true, "1690000000.000001"), (message.RunId, message.Content, message.IsMention, message.ReplyTo?.Thread));
        Assert.Null(SlackEvents.MessageOf(pressed with { Type = "view_submission" }, "work", 5));
        Assert.Null(SlackEvents.MessageOf(pressed with { Actions = [] }, "work", 5));
    }

    [Theory]
    [InlineData("👀", "eyes")]
    [InlineData("❤️", "heart")]
    [InlineData(":tada:", "tada")]
    [InlineData("+1", "+1")]
    [InlineData("🦀", null)]
    [InlineData("::", null)]
    public void An_emoji_has_a_name(string emoji, string? name) => Assert.Equal(name, SlackEmoji.NameOf(emoji));

    [Fact]
    public void Buttons_stand_under_a_text_that_fits_and_nowhere_else()
    {
        Choice[] choices = [new("Yes", "/approve A allow-once"), new("No", "/approve A deny")];

        Assert.Equal(["/approve A allow-once", "/approve A deny"], SlackBlocks.Of("Well?", choices)![1].Elements!.Select(button => button.Value));
        Assert.Null(SlackBlocks.Of("Well?", []));
        Assert.Null(SlackBlocks.Of(new string('x', 3001), choices));
    }

    [Theory]
    [InlineData("**bold** *italic* ~~gone~~ `a<b`", "*bold* _italic_ ~gone~ `a&lt;b`")]
    [InlineData("# A **title**", "*A title*")]
    [InlineData("a & b <c>", "a &amp; b &lt;c&gt;")]
    [InlineData("[page](https://a.example/x|y?a=1&b=2)", "<https://a.example/x%7Cy?a=1&amp;b=2|page>")]
    [InlineData("[page](javascript:alert)", "page")]
    [InlineData("> one\n> two", ">one\n>two")]
    [InlineData("```\na > b\n```", "```\na &gt; b\n```")]
    [InlineData("<!channel> and <@U1>", "&lt;!channel&gt; and &lt;@U1&gt;")]
    public void Markdown_becomes_slacks_own_markup_and_nobody_is_called_by_it(string markdown, string mrkdwn) =>
        Assert.Equal(mrkdwn, SlackMrkdwn.Of(markdown));
}
