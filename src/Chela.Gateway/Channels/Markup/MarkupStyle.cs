namespace Chela.Gateway.Channels.Markup;

/// <summary>What a platform writes around and instead of the parts of a text. Each is given the part as the platform writes it.</summary>
internal abstract class MarkupStyle
{
    /// <summary>Plain text, with what would be markup made harmless.</summary>
    public abstract string Text(string text);

    public abstract string Bold(string inner);

    public abstract string Italic(string inner);

    public abstract string Struck(string inner);

    /// <summary>A piece of code within a line; given as it is.</summary>
    public abstract string Code(string code);

    /// <summary>A block of code; given as it is.</summary>
    /// <param name="language">What it is written in; empty where nothing is said.</param>
    public abstract string Block(string code, string language);

    public abstract string Quote(string inner);

    /// <param name="address">Begins with <c>http://</c>, <c>https://</c> or <c>mailto:</c>.</param>
    public abstract string Link(string inner, string address);

    public virtual string Heading(string inner) => Bold(inner);
}
