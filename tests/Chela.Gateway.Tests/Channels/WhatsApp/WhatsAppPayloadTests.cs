using System.Text.Json;
using Chela.Gateway.Channels.WhatsApp;

namespace Chela.Gateway.Tests.Channels.WhatsApp;

/// <summary>What Meta posts with all its fields, in the shapes of https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.</summary>
[Trait("Requirement", "B2")]
public sealed class WhatsAppPayloadTests
{
    private const string Number = "106540352242922";

    private const string Head = """{"from":"16505551234","id":"wamid.HBgLMTY1MDM4","timestamp":"1749416383",""";

    [Theory]
    [InlineData("""{"type":"text","text":{"body":"Does it come in green?"}}""", "Does it come in green?", null)]
    [InlineData("""{"context":{"from":"15550783881","id":"wamid.HBgLMTQx"},"type":"text","text":{"body":"yes"}}""", "yes", null)]
    [InlineData("""{"type":"document","document":{"caption":"Read this","filename":"letter.pdf","mime_type":"application/pdf","sha256":"9d9d","id":"1376223850470843","url":"https://lookaside.fbsbx.com/x"}}""", "Read this", "1376223850470843")]
    [InlineData("""{"type":"image","image":{"mime_type":"image/jpeg","sha256":"SfInY0","id":"1003383421387256","url":"https://lookaside.fbsbx.com/x"}}""", "[photo]", "1003383421387256")]
    [InlineData("""{"type":"audio","audio":{"mime_type":"audio/ogg; codecs=opus","sha256":"4bd","id":"1908647269898587","voice":true}}""", "[voice message]", "1908647269898587")]
    [InlineData("""{"context":{"from":"15550783881","id":"wamid.HBgLMTQx"},"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"/approve A deny","title":"Deny"}}}""", "/approve A deny", null)]
    [InlineData("""{"context":{"from":"15550783881","id":"wamid.HBgLMTQx"},"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"express","title":"Express","description":"The next day"}}}""", "express", null)]
    [InlineData("""{"context":{"from":"15550783881","id":"wamid.HBgLMTQx"},"type":"button","button":{"payload":"Unsubscribe","text":"Unsubscribe"}}""", "Unsubscribe", null)]
    public void A_message_is_read_whatever_it_is(string told, string content, string? file)
    {
        var (message, files) = Assert.Single(WhatsAppPosts.MessagesOf(Post($$"""
            "contacts":[{"profile":{"name":"Anna Smith"},"wa_id":"16505551234"}],"messages":[{{Head + told[1..]}}]
            """), "work", Number, 5));

        Assert.Equal(("whatsapp:work:16505551234:wamid.HBgLMTY1MDM4", "16505551234", "Anna Smith", content, 1_749_416_383_000), (message.RunId, message.SenderId, message.SenderName, message.Content, message.TimestampMs));
        Assert.Equal(file, files.SingleOrDefault()?.Id);
    }

    [Theory]
    [InlineData("""{"type":"reaction","reaction":{"message_id":"wamid.HBgLMTQx","emoji":"👍"}}""")]
    [InlineData("""{"type":"location","location":{"address":"1 Hacker Way","latitude":37.48,"longitude":-122.14,"name":"Here"}}""")]
    [InlineData("""{"type":"system","system":{"body":"Anna changed her number","wa_id":"16505550001","type":"user_changed_number"}}""")]
    [InlineData("""{"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown","message":"Message type unknown","error_data":{"details":"Message type is currently not supported."}}]}""")]
    public void What_says_nothing_is_no_message(string told) =>
        Assert.Empty(WhatsAppPosts.MessagesOf(Post($$""" "messages":[{{Head + told[1..]}}] """), "work", Number, 5));

    [Fact]
    public void What_could_not_be_delivered_is_known_with_the_reason()
    {
        var post = Post("""
            "statuses":[{"id":"wamid.1","status":"delivered","timestamp":"1750030073","recipient_id":"16505551234","conversation":{"id":"72b1","origin":{"type":"service"}},
            "pricing":{"billable":true,"pricing_model":"PMP","category":"service","type":"regular"}},{"id":"wamid.2","status":"failed","timestamp":"1750030073","recipient_id":"16505551234",
            "errors":[{"code":131047,"title":"Re-engagement message","message":"Re-engagement message","error_data":{"details":"More than 24 hours have passed."},"href":"https://developers.facebook.com/x"}]}]
            """);

        Assert.Empty(WhatsAppPosts.MessagesOf(post, "work", Number, 5));
        Assert.Equal([("wamid.2", "131047: Re-engagement message")], WhatsAppPosts.FailuresOf(post, Number));
    }

    private static WhatsAppPost Post(string value) => JsonSerializer.Deserialize(
        $$"""
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",
        "phone_number_id":"{{Number}}"},{{value}}},"field":"messages"}]}]}
        """, WhatsAppJson.Default.WhatsAppPost)!;
}
