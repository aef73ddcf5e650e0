namespace Chela.Cli.Chat;

/// <summary>
/// The text of a reply as it grows. Each event yields what is to be printed so that the reader of a stream, which cannot take anything
/// back, ends up with the right text.
/// </summary>
internal sealed class ReplyText
{
    /// <summary>All of it so far.</summary>
    public string Whole { get; private set; } = "";

    /// <summary>Takes an event of the run.</summary>
    /// <param name="update">The event.</param>
    /// <param name="missed">Whether events were lost before it, so that a delta alone does not fit.</param>
    /// <returns>What to print now; empty for nothing.</returns>
    public string Take(ChatEvent update, bool missed)
    {
        if (update is { State: "delta", Replace: false, DeltaText: { } delta } && !missed)
        {
            Whole += delta;
            return delta;
        }

        return update.State == "delta" || update.IsLast ? Become(update.MessageText()) : "";
    }

    private string Become(string? text)
    {
        if (text is null || text == Whole)
        {
            return "";
        }

        // What is printed cannot be taken back: a text that begins otherwise is printed anew below.
        var continues = text.StartsWith(Whole, StringComparison.Ordinal);
        var print = continues ? text[Whole.Length..] : "\n" + text;
        Whole = text;
        return print;
    }
}
