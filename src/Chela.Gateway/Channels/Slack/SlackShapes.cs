using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Slack;

// Field names and meanings: https://docs.slack.dev/reference. Only what is used here; everything may be missing, for it comes from outside.

/// <summary>What every call of the Web API answers.</summary>
internal record SlackAnswer
{
    public bool Ok { get; init; }

    /// <summary>A word, such as <c>channel_not_found</c>.</summary>
    public string? Error { get; init; }
}

/// <summary>Who a bot is, as <c>auth.test</c> says.</summary>
internal sealed record SlackIdentity : SlackAnswer
{
    public string? UserId { get; init; }

    /// <summary>Its name.</summary>
    public string? User { get; init; }

    public string? Team { get; init; }
}

/// <summary>What <c>apps.connections.open</c> answers.</summary>
internal sealed record OpenedConnection : SlackAnswer
{
    public Uri? Url { get; init; }
}

/// <summary>What <c>chat.postMessage</c> answers.</summary>
internal sealed record PostedMessage : SlackAnswer
{
    /// <summary>What the message is called in its conversation.</summary>
    public string? Ts { get; init; }
}

/// <summary>Parameters of <c>chat.postMessage</c>.</summary>
/// <param name="Channel">A conversation, or a person, to whom the bot then writes in private.</param>
/// <param name="Text">In mrkdwn.</param>
internal sealed record PostMessage(string Channel, string Text)
{
    public string? ThreadTs { get; init; }

    /// <summary>The same each time that the message is sent.</summary>
    public Guid? ClientMsgId { get; init; }

    public IReadOnlyList<SlackBlock>? Blocks { get; init; }
}

/// <summary>Parameters of <c>chat.update</c>.</summary>
internal sealed record UpdateMessage(string Channel, string Ts, string Text)
{
    public IReadOnlyList<SlackBlock>? Blocks { get; init; }
}

/// <summary>A part of a message.</summary>
/// <param name="Type"><c>section</c>, which is text, or <c>actions</c>, which are buttons.</param>
internal sealed record SlackBlock(string Type)
{
    public SlackBlockText? Text { get; init; }

    public IReadOnlyList<SlackButton>? Elements { get; init; }
}

/// <summary>A text in a block.</summary>
/// <param name="Type"><c>mrkdwn</c> or <c>plain_text</c>.</param>
internal sealed record SlackBlockText(string Type, string Text);

/// <summary>A button.</summary>
/// <param name="ActionId">Another one for each button of a message.</param>
/// <param name="Value">What comes back when somebody presses it; at most 2000 characters.</param>
internal sealed record SlackButton(string ActionId, SlackBlockText Text, string Value)
{
    public string Type { get; init; } = "button";
}

/// <summary>Parameters of <c>reactions.add</c>.</summary>
/// <param name="Timestamp">What the message is called.</param>
/// <param name="Name">What Slack calls the emoji.</param>
internal sealed record AddReaction(string Channel, string Timestamp, string Name);

/// <summary>What <c>files.getUploadURLExternal</c> answers.</summary>
internal sealed record OpenedUpload : SlackAnswer
{
    public string? UploadUrl { get; init; }

    public string? FileId { get; init; }
}

/// <summary>Parameters of <c>files.completeUploadExternal</c>.</summary>
internal sealed record CompleteUpload(IReadOnlyList<UploadedFile> Files, string ChannelId)
{
    public string? ThreadTs { get; init; }
}

/// <summary>A file whose content Slack has.</summary>
internal sealed record UploadedFile(string Id, string Title);

/// <summary>What comes over a connection of Socket Mode.</summary>
internal sealed record SlackEnvelope
{
    /// <summary><c>hello</c>, <c>disconnect</c>, <c>events_api</c>, <c>slash_commands</c> or <c>interactive</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What it is acknowledged by; null where nothing is to be acknowledged.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Why it disconnects.</summary>
    public string? Reason { get; init; }

    public JsonElement? Payload { get; init; }
}

/// <summary>Says that an envelope arrived.</summary>
internal sealed record Acknowledgement(string EnvelopeId);

/// <summary>The payload of <c>events_api</c>.</summary>
internal sealed record SlackCallback
{
    public SlackEvent? Event { get; init; }
}

/// <summary>Something that happened: somebody said something.</summary>
internal sealed record SlackEvent
{
    /// <summary><c>message</c>, or <c>app_mention</c> where the bot was named.</summary>
    public string? Type { get; init; }

    /// <summary>Null for a plain message.</summary>
    public string? Subtype { get; init; }

    public string? Channel { get; init; }

    /// <summary><c>im</c>, <c>mpim</c>, <c>channel</c> or <c>group</c>, which is a private channel.</summary>
    public string? ChannelType { get; init; }

    public string? User { get; init; }

    /// <summary>The bot that said it.</summary>
    public string? BotId { get; init; }

    public string? Text { get; init; }

    /// <summary>What the message is called in its conversation: when it was said, in Unix seconds.</summary>
    public string? Ts { get; init; }

    /// <summary>The first message of its thread.</summary>
    public string? ThreadTs { get; init; }

    /// <summary>Who began the thread.</summary>
    public string? ParentUserId { get; init; }

    public IReadOnlyList<SlackFile>? Files { get; init; }
}

/// <summary>A file that was sent with a message.</summary>
internal sealed record SlackFile
{
    public string? Name { get; init; }

    public string? Mimetype { get; init; }

    public long? Size { get; init; }

    public string? UrlPrivate { get; init; }

    public string? UrlPrivateDownload { get; init; }
}

/// <summary>The payload of <c>slash_commands</c>.</summary>
internal sealed record SlashCommand
{
    public string? Text { get; init; }

    public string? ChannelId { get; init; }

    public string? ChannelName { get; init; }

    public string? UserId { get; init; }

    public string? UserName { get; init; }

    /// <summary>Another one for each command that is given.</summary>
    public string? TriggerId { get; init; }
}

/// <summary>The payload of <c>interactive</c>.</summary>
internal sealed record SlackInteraction
{
    /// <summary><c>block_actions</c> where somebody pressed a button.</summary>
    public string? Type { get; init; }

    public SlackPerson? User { get; init; }

    public SlackRoom? Channel { get; init; }

    /// <summary>The message under which the button is.</summary>
    public SlackEvent? Message { get; init; }

    public IReadOnlyList<SlackAction>? Actions { get; init; }
}

/// <summary>Who pressed it.</summary>
internal sealed record SlackPerson
{
    public string? Id { get; init; }

    public string? Username { get; init; }
}

/// <summary>Where it was pressed.</summary>
internal sealed record SlackRoom
{
    public string? Id { get; init; }

    public string? Name { get; init; }
}

/// <summary>A button that was pressed.</summary>
internal sealed record SlackAction
{
    public string? Value { get; init; }

    /// <summary>When, in Unix seconds.</summary>
    public string? ActionTs { get; init; }
}

/// <summary>JSON types of Slack.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SlackIdentity))]
[JsonSerializable(typeof(OpenedConnection))]
[JsonSerializable(typeof(PostedMessage))]
[JsonSerializable(typeof(PostMessage))]
[JsonSerializable(typeof(SlackEnvelope))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(SlackCallback))]
[JsonSerializable(typeof(SlashCommand))]
[JsonSerializable(typeof(SlackInteraction))]
[JsonSerializable(typeof(SlackAnswer))]
[JsonSerializable(typeof(UpdateMessage))]
[JsonSerializable(typeof(AddReaction))]
[JsonSerializable(typeof(OpenedUpload))]
[JsonSerializable(typeof(CompleteUpload))]
internal sealed partial class SlackJson : JsonSerializerContext;
