using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Cli;

/// <summary>Where a command prints: results to the output, everything said about them to the error stream.</summary>
/// <param name="Output">For results.</param>
/// <param name="Error">For messages to the person.</param>
/// <param name="IsTerminal">Whether the output is a screen, so that control characters in foreign text would act.</param>
/// <param name="Colour">Whether the output may be coloured.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool IsTerminal, bool Colour)
{
    /// <summary>The terminal of this process. Colour needs a screen and no <c>NO_COLOR</c>.</summary>
    public static Terminal OfProcess(Func<string, string?> environment)
    {
        var screen = !Console.IsOutputRedirected;
        var colour = screen && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb";
        return new Terminal(screen ? Console.Out : Utf8(Console.OpenStandardOutput()), Console.Error, screen, colour);
    }

    /// <summary>Prints text that somebody else wrote. On a screen its control characters are left out: they could rewrite it.</summary>
    public void Write(string text)
    {
        Output.Write(IsTerminal ? Harmless(text) : text);
        Output.Flush();
    }

    /// <summary>Prints a line of foreign text.</summary>
    public void WriteLine(string text = "") => Write(text + "\n");

    /// <summary>Tells the person something, beside the result.</summary>
    public void Say(string text) => Error.WriteLine(Harmless(text));

    /// <summary>Prints a JSON value: on one line for programs, indented for people.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type, bool indented)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        WriteLine(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private static string Harmless(string text)
    {
        if (!text.Any(IsHarmful))
        {
            return text;
        }

        return string.Concat(text.Where(c => !IsHarmful(c)));
    }

    private static bool IsHarmful(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static StreamWriter Utf8(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
