using Chela.Gateway.Channels.Markup;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>The few signs that WhatsApp knows (https://faq.whatsapp.com/539178204879377). It has no way to escape them.</summary>
internal sealed class WhatsAppMarkup : MarkupStyle
{
    private static readonly WhatsAppMarkup Style = new();

    /// <summary>The text, which is Markdown, with these signs.</summary>
    public static string Of(string markdown) => MarkupWriter.Write(markdown, Style);

    public override string Text(string text) => text;

    public override string Bold(string inner) => $"*{inner}*";

    public override string Italic(string inner) => $"_{inner}_";

    public override string Struck(string inner) => $"~{inner}~";

    public override string Code(string code) => $"`{code}`";

    public override string Block(string code, string language) => $"```{code}```";

    public override string Quote(string inner) => string.Join('\n', inner.Split('\n').Select(line => $"> {line}"));

    public override string Link(string inner, string address) => inner == address ? address : $"{inner} ({address})";
}
