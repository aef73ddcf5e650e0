using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Telegram;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>What Telegram tells, as its documentation shows it, becomes messages.</summary>
[Trait("Requirement", "B2")]
public sealed class TelegramUpdatesTests
{
    private static readonly TelegramUser Bot = new(99) { Username = "Chela_Bot" };

    [Fact]
    public void A_private_message_has_the_person_as_chat_and_sender()
    {
        var message = Read("""
            {"update_id":1,"message":{"message_id":5,"date":1700000000,"chat":{"id":42,"type":"private","first_name":"Anna"},
            "from":{"id":42,"is_bot":false,"first_name":"Anna","username":"anna"},"text":"hello"}}
            """)!;

        Assert.Equal(("telegram:work:42:5", "42", "hello", "Anna", 1_700_000_000_000), (message.RunId, message.SenderId, message.Content, message.SenderName, message.TimestampMs));
        Assert.Equal(new Origin("telegram", "work", new Peer(PeerKind.Direct, "42")).Peer, message.Origin.Peer);
        Assert.Equal(new ReplyTarget("telegram", "work", "42"), message.ReplyTo);
    }

    [Theory]
    [InlineData("@chela_bot what now", "mention", 0, 10, "what now", true)]
    [InlineData("what now @CHELA_BOT", "mention", 9, 10, "what now @CHELA_BOT", true)]
    [InlineData("@somebody_ what now", "mention", 0, 10, "@somebody_ what now", false)]
    [InlineData("/status@chela_bot", "bot_command", 0, 17, "/status", true)]
    [InlineData("/status@other_bot", "bot_command", 0, 17, "/status@other_bot", false)]
    [InlineData("/status", "bot_command", 0, 7, "/status", false)]
    [InlineData("@chela_bot", "mention", 0, 10, "@chela_bot", true)]
    [InlineData("short", "mention", 3, 99, "short", false)]
    [InlineData("short", "mention", -1, 3, "short", false)]
    public void The_name_of_the_bot_calls_it_and_is_taken_off_in_front(string text, string type, int offset, int length, string content, bool isMention)
    {
        var message = Read($$"""
            {"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":-100,"type":"supergroup"},"from":{"id":42,"is_bot":false},
            "text":"{{text}}","entities":[{"type":"{{type}}","offset":{{offset}},"length":{{length}} } ] } }
            """)!;

        Assert.Equal((content, isMention, PeerKind.Group), (message.Content, message.IsMention, message.Origin.Peer.Kind));
    }

    [Theory]
    [InlineData("""{"update_id":1}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},"from":{"id":43,"is_bot":true},"text":"I am a bot"}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":-1,"type":"group"},"from":{"id":43},"new_chat_title":"Us"}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":-1,"type":"group"},"text":"from nobody"}}""")]
    public void What_nobody_says_is_no_message(string update) => Assert.Null(Read(update));

    [Fact]
    public void Of_a_picture_the_largest_is_taken_and_a_file_without_words_is_named()
    {
        var update = Update("""
            {"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},"from":{"id":42},
            "photo":[{"file_id":"s","file_size":100},{"file_id":"l","file_size":9000},{"file_id":"m","file_size":800}]}}
            """);

        Assert.Equal("[photo]", TelegramUpdates.MessageOf(update, "work", Bot)!.Content);
        Assert.Equal("l", Assert.Single(TelegramUpdates.FilesOf(update.Message!)).FileId);
    }

    private static ChannelMessage? Read(string update) => TelegramUpdates.MessageOf(Update(update), "work", Bot);

    private static TelegramUpdate Update(string update) => JsonSerializer.Deserialize(update, TelegramJson.Default.TelegramUpdate)!;
}
