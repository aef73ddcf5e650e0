using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Shows pictures only to models that see them; the others read that one came.</summary>
internal static class Sight
{
    private const string Image = "image";

    /// <summary>The conversation as the model can read it. One of which nobody knows what it reads is shown no picture: it might refuse all.</summary>
    public static IReadOnlyList<ChatMessage> Of(ModelInfo model, IReadOnlyList<ChatMessage> messages) =>
        model.Input?.Contains(Image, StringComparer.Ordinal) == true ? messages : [.. messages.Select(message => Without(message, model))];

    private static ChatMessage Without(ChatMessage message, ModelInfo model) => !message.Contents.Any(content => content is DataContent)
        ? message
        : new ChatMessage(message.Role, [.. message.Contents.Select(content => content is DataContent picture ? Line(picture, model) : content)]);

    private static TextContent Line(DataContent picture, ModelInfo model) =>
        new($"\n[picture {picture.Name}, {picture.MediaType}, {picture.Data.Length} bytes: the model {model.Id} is shown no pictures]\n");
}
