using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Telegram;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>Updates with all their fields, in the shapes of https://core.telegram.org/bots/webhooks#testing-your-bot-with-updates.</summary>
[Trait("Requirement", "B2")]
public sealed class TelegramPayloadTests
{
    private const string Anna = """{"last_name":"Smith","id":1111111,"first_name":"Anna","username":"anna"}""";

    [Theory]
    [InlineData("""{"text":"/start"}""", "/start", null)]
    [InlineData("""{"forward_from":{"last_name":"Jones","id":222222,"first_name":"Bert"},"forward_date":1441645550,"text":"look"}""", "look", null)]
    [InlineData("""{"text":"yes","reply_to_message":{"date":1441645000,"chat":{"type":"private","id":1111112,"first_name":"Bert"},"message_id":1334,"text":"well?"}}""", "yes", null)]
    [InlineData("""{"text":"Bold and italics","entities":[{"type":"italic","offset":9,"length":7},{"type":"bold","offset":0,"length":4}]}""", "Bold and italics", null)]
    [InlineData("""{"audio":{"file_id":"AwADa","duration":243,"mime_type":"audio/mpeg","file_size":3897500,"title":"A song"}}""", "[audio]", "AwADa")]
    [InlineData("""{"voice":{"file_id":"AwADv","duration":5,"mime_type":"audio/ogg","file_size":23000}}""", "[voice message]", "AwADv")]
    [InlineData("""{"document":{"file_id":"AwADd","file_name":"Letter.pdf","mime_type":"application/pdf","file_size":536392}}""", "[file]", "AwADd")]
    public void A_message_is_read_whatever_it_is(string told, string content, string? file)
    {
        var common = $$"""{"update_id":10000,"message":{"date":1441645532,"chat":{"last_name":"Smith","id":1111111,"type":"private","first_name":"Anna","username":"anna"},"message_id":1365,"from":{{Anna}},""";
        var update = Update(common + told[1..] + "}");

        var message = TelegramUpdates.MessageOf(update, "work", new TelegramUser(99))!;

        Assert.Equal(("telegram:work:1111111:1365", "1111111", "Anna Smith", content, 1_441_645_532_000), (message.RunId, message.SenderId, message.SenderName, message.Content, message.TimestampMs));
        Assert.Equal((new Peer(PeerKind.Direct, "1111111"), false), (message.Origin.Peer, message.IsMention));
        Assert.Equal(file, TelegramUpdates.FilesOf(update.Message!).SingleOrDefault()?.FileId);
    }

    [Theory]
    [InlineData($$$"""{"update_id":10000,"edited_message":{"date":1441645532,"chat":{"type":"private","id":1111111},"message_id":1365,"from":{{{Anna}}},"text":"Edited","edit_date":1441646600}}""")]
    [InlineData($$$"""{"update_id":10000,"inline_query":{"id":"134567890097","from":{{{Anna}}},"query":"a question","offset":""}}""")]
    [InlineData($$$"""{"update_id":10000,"chosen_inline_result":{"result_id":"12","from":{{{Anna}}},"query":"a question","inline_message_id":"1234csd"}}""")]
    [InlineData($$$"""{"update_id":10000,"callback_query":{"id":"4382bfd","from":{{{Anna}}},"data":"a button","inline_message_id":"1234csd"}}""")]
    public void What_is_said_to_nobody_here_is_no_message(string update) => Assert.Null(TelegramUpdates.MessageOf(Update(update), "work", new TelegramUser(99)));

    private static TelegramUpdate Update(string update) => JsonSerializer.Deserialize(update, TelegramJson.Default.TelegramUpdate)!;
}
