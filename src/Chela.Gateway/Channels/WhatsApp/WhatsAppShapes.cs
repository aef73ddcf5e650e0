using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.WhatsApp;

// Field names and meanings: https://developers.facebook.com/docs/whatsapp/cloud-api. Only what is used here; everything may be missing, for it comes
// from outside.

/// <summary>What Meta posts.</summary>
internal sealed record WhatsAppPost
{
    public IReadOnlyList<WhatsAppEntry>? Entry { get; init; }
}

/// <summary>What happened to one business account.</summary>
internal sealed record WhatsAppEntry
{
    public IReadOnlyList<WhatsAppChange>? Changes { get; init; }
}

/// <summary>Something that happened.</summary>
internal sealed record WhatsAppChange
{
    public string? Field { get; init; }

    public WhatsAppValue? Value { get; init; }
}

/// <summary>What happened to one number.</summary>
internal sealed record WhatsAppValue
{
    public WhatsAppMetadata? Metadata { get; init; }

    public IReadOnlyList<WhatsAppContact>? Contacts { get; init; }

    public IReadOnlyList<WhatsAppMessage>? Messages { get; init; }

    public IReadOnlyList<WhatsAppStatus>? Statuses { get; init; }
}

/// <summary>Which number it is.</summary>
internal sealed record WhatsAppMetadata
{
    public string? PhoneNumberId { get; init; }
}

/// <summary>A person.</summary>
internal sealed record WhatsAppContact
{
    public string? WaId { get; init; }

    public WhatsAppProfile? Profile { get; init; }
}

/// <summary>What a person says of himself.</summary>
internal sealed record WhatsAppProfile
{
    public string? Name { get; init; }
}

/// <summary>A message of a person.</summary>
internal sealed record WhatsAppMessage
{
    public string? Id { get; init; }

    /// <summary>The number of the person, digits alone.</summary>
    public string? From { get; init; }

    /// <summary>In Unix seconds, as text.</summary>
    public string? Timestamp { get; init; }

    public WhatsAppText? Text { get; init; }

    public WhatsAppMedia? Image { get; init; }

    public WhatsAppMedia? Document { get; init; }

    public WhatsAppMedia? Audio { get; init; }

    public WhatsAppMedia? Video { get; init; }

    public WhatsAppMedia? Sticker { get; init; }

    public WhatsAppInteractive? Interactive { get; init; }

    /// <summary>A button of a template.</summary>
    public WhatsAppButton? Button { get; init; }
}

/// <summary>A text.</summary>
internal sealed record WhatsAppText(string Body);

/// <summary>A file, in a message or in an answer.</summary>
internal sealed record WhatsAppMedia
{
    public string? Id { get; init; }

    public string? MimeType { get; init; }

    public string? Caption { get; init; }

    public string? Filename { get; init; }

    /// <summary>Where it can be fetched, for five minutes and with the token.</summary>
    public string? Url { get; init; }

    public long? FileSize { get; init; }
}

/// <summary>What was chosen of what a message offered, or on sending what it offers.</summary>
internal sealed record WhatsAppInteractive
{
    public string? Type { get; init; }

    public WhatsAppReply? ButtonReply { get; init; }

    public WhatsAppReply? ListReply { get; init; }

    public WhatsAppBody? Body { get; init; }

    public WhatsAppAction? Action { get; init; }
}

/// <summary>The text above what is offered.</summary>
internal sealed record WhatsAppBody(string Text);

/// <summary>A button of an interactive message.</summary>
internal sealed record WhatsAppReply(string Id, string Title);

/// <summary>A button of a template that was pressed.</summary>
internal sealed record WhatsAppButton
{
    public string? Payload { get; init; }

    public string? Text { get; init; }
}

/// <summary>What is offered: at most three buttons, or a list.</summary>
internal sealed record WhatsAppAction
{
    public IReadOnlyList<WhatsAppOffer>? Buttons { get; init; }

    /// <summary>What stands on the button that opens the list.</summary>
    public string? Button { get; init; }

    public IReadOnlyList<WhatsAppSection>? Sections { get; init; }
}

/// <summary>A button that is offered.</summary>
internal sealed record WhatsAppOffer(string Type, WhatsAppReply Reply);

/// <summary>A part of a list.</summary>
internal sealed record WhatsAppSection(IReadOnlyList<WhatsAppReply> Rows);

/// <summary>What became of a message that was sent.</summary>
internal sealed record WhatsAppStatus
{
    public string? Id { get; init; }

    public string? Status { get; init; }

    public IReadOnlyList<WhatsAppError>? Errors { get; init; }
}

/// <summary>An error, in an answer or in a status.</summary>
internal sealed record WhatsAppError
{
    public int? Code { get; init; }

    public string? Title { get; init; }

    public string? Message { get; init; }
}

/// <summary>A message of the gateway, or a sign to one of a person.</summary>
internal sealed record WhatsAppSend
{
    public string MessagingProduct { get; init; } = "whatsapp";

    public string? RecipientType { get; init; }

    public string? To { get; init; }

    public string? Type { get; init; }

    /// <summary>The message that is answered.</summary>
    public WhatsAppContext? Context { get; init; }

    public WhatsAppText? Text { get; init; }

    public WhatsAppInteractive? Interactive { get; init; }

    public WhatsAppTemplate? Template { get; init; }

    public WhatsAppReaction? Reaction { get; init; }

    public WhatsAppMedia? Image { get; init; }

    public WhatsAppMedia? Audio { get; init; }

    public WhatsAppMedia? Video { get; init; }

    public WhatsAppMedia? Document { get; init; }

    /// <summary><c>read</c>, with the message that was read.</summary>
    public string? Status { get; init; }

    public string? MessageId { get; init; }

    public WhatsAppTyping? TypingIndicator { get; init; }
}

/// <summary>The message that is answered.</summary>
internal sealed record WhatsAppContext(string MessageId);

/// <summary>An approved text with variables.</summary>
internal sealed record WhatsAppTemplate(string Name, WhatsAppLanguage Language, IReadOnlyList<WhatsAppComponent> Components);

/// <summary>A language.</summary>
internal sealed record WhatsAppLanguage(string Code);

/// <summary>A part of a template.</summary>
internal sealed record WhatsAppComponent(string Type, IReadOnlyList<WhatsAppParameter> Parameters);

/// <summary>The value of a variable.</summary>
internal sealed record WhatsAppParameter(string Type, string Text);

/// <summary>A sign to a message.</summary>
internal sealed record WhatsAppReaction(string MessageId, string Emoji);

/// <summary>That an answer is being written.</summary>
internal sealed record WhatsAppTyping(string Type);

/// <summary>The answer to every call.</summary>
internal sealed record WhatsAppAnswer
{
    public IReadOnlyList<WhatsAppSent>? Messages { get; init; }

    /// <summary>Of a file that was uploaded.</summary>
    public string? Id { get; init; }

    public WhatsAppError? Error { get; init; }

    /// <summary>Of a file that is asked for.</summary>
    public string? Url { get; init; }

    public long? FileSize { get; init; }

    /// <summary>Of a number.</summary>
    public string? DisplayPhoneNumber { get; init; }

    public string? VerifiedName { get; init; }
}

/// <summary>A message that was sent.</summary>
internal sealed record WhatsAppSent
{
    public string? Id { get; init; }
}

/// <summary>JSON types of the Cloud API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WhatsAppPost))]
[JsonSerializable(typeof(WhatsAppSend))]
[JsonSerializable(typeof(WhatsAppAnswer))]
internal sealed partial class WhatsAppJson : JsonSerializerContext;
