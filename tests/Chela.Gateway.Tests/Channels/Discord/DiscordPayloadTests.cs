using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Discord;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>What Discord tells with all its fields, in the shapes of its documentation.</summary>
[Trait("Requirement", "B2")]
public sealed class DiscordPayloadTests
{
    private const string Anna = """{"id":"53908232506183680","username":"anna","global_name":null,"avatar":"a_d5ef","discriminator":"0","public_flags":131141,"avatar_decoration_data":null,"primary_guild":null}""";

    private const string Member = $$"""
        {"user":{{Anna}},"roles":["539082325061836999"],"premium_since":null,"permissions":"2147483647","pending":false,"nick":null,"mute":false,
        "joined_at":"2017-03-13T19:19:14.040000+00:00","is_pending":false,"deaf":false,"avatar":null,"flags":0}
        """;

    /// <summary>https://docs.discord.com/developers/resources/message#message-object, with what MESSAGE_CREATE adds.</summary>
    [Fact]
    public void A_message_of_a_server_is_read()
    {
        var message = DiscordUpdates.MessageOf(Read(
            $$$"""
            {"reactions":[{"count":1,"count_details":{"burst":0,"normal":1},"me":false,"me_burst":false,"emoji":{"id":null,"name":"🔥"},"burst_colors":[]}],
            "attachments":[],"tts":false,"embeds":[],"timestamp":"2017-07-11T17:27:07.299000+00:00","mention_everyone":false,"id":"334385199974967042","pinned":false,
            "edited_timestamp":null,"author":{{{Anna}}},"mention_roles":[],"content":"<@99> so hot","channel_id":"290926798999357250","mentions":[{"id":"99","username":"chela",
            "member":{"roles":[],"nick":null}}],"type":0,"flags":0,"components":[],"nonce":"334385199974967041","referenced_message":null,"guild_id":"290926798626357999","member":{{{Member}}}}
            """, DiscordJson.Default.DiscordMessage), "work", new DiscordUser("99"), null)!;

        Assert.Equal(("discord:work:290926798999357250:334385199974967042", "53908232506183680", "anna", "so hot"), (message.RunId, message.SenderId, message.SenderName, message.Content));
        Assert.Equal((true, 1_499_794_044_250, "290926798626357999"), (message.IsMention, message.TimestampMs, message.Origin.Guild));
        Assert.Equal(["539082325061836999"], message.Origin.Roles);
    }

    /// <summary>https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object and …/components/using-message-components.</summary>
    [Theory]
    [InlineData(2, """{"options":[{"type":3,"name":"cardname","value":"An old toad"}],"type":1,"name":"cardsearch","id":"771825006014889984"}""", "/cardsearch An old toad")]
    [InlineData(3, """{"custom_id":"click_one","component_type":2,"id":2}""", "click_one")]
    public void A_command_and_a_button_of_a_server_are_read(int type, string data, string content)
    {
        var message = DiscordUpdates.MessageOf(Read(
            $$$"""
            {"version":1,"type":{{{type}}},"token":"A_UNIQUE_TOKEN","application_id":"99","member":{{{Member}}},"id":"786008729715212338","guild_id":"290926798626357999","app_permissions":"442368",
            "guild_locale":"en-US","locale":"en-US","data":{{{data}}},"channel_id":"645027906669510667","channel":{"id":"645027906669510667","type":0,"parent_id":null},"entitlements":[],
            "authorizing_integration_owners":{"0":"846136758470443069"},"context":0,"attachment_size_limit":10485760,"message":{"id":"1","channel_id":"645027906669510667","type":0,"content":"Well?",
            "components":[{"type":1,"id":1,"components":[{"type":2,"id":2,"label":"One","style":1,"custom_id":"click_one"}]}]}}
            """, DiscordJson.Default.DiscordInteraction), "work")!;

        Assert.Equal(("discord:work:645027906669510667:786008729715212338", "53908232506183680", content), (message.RunId, message.SenderId, message.Content));
        Assert.Equal(new Peer(PeerKind.Channel, "645027906669510667"), message.Origin.Peer);
    }

    private static T Read<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;
}
