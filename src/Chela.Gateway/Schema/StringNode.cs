using System.Text.Json;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Schema;

/// <summary>A text with bounds on its length, its form or its values.</summary>
internal sealed class StringNode() : ShapeNode("string")
{
    public Length Length { get; init; } = Length.Unbounded;

    public Regex? Pattern { get; init; }

    /// <summary>The pattern as it was written, for the message.</summary>
    public string? PatternText { get; init; }

    /// <summary>The only values allowed, as UTF-8; empty where any is.</summary>
    public IReadOnlyList<byte[]> Allowed { get; init; } = [];

    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.String || !JsonText.IsReadable(ref reader))
        {
            Mismatch(ref reader, problems);
            return;
        }

        if (Allowed.Count > 0 && !IsAllowed(ref reader))
        {
            problems.Add(ShapeProblemKind.Value, AllowedMessage(Allowed.Count));
        }

        if (Length.IsBounded)
        {
            Length.Check(JsonText.CountCharacters(ref reader), "characters", problems);
        }

        if (Pattern is not null && !Matches(Pattern, reader.GetString()!))
        {
            problems.Add(ShapeProblemKind.Value, $"must match pattern \"{PatternText}\"");
        }
    }

    /// <summary>One allowed value is a constant; several are a choice.</summary>
    public static string AllowedMessage(int count) =>
        count == 1 ? "must be equal to constant" : "must be equal to one of the allowed values";

    private bool IsAllowed(ref Utf8JsonReader reader)
    {
        // Not foreach: the enumerator of a list behind an interface is an allocation for every call.
        for (var i = 0; i < Allowed.Count; i++)
        {
            if (reader.ValueTextEquals(Allowed[i]))
            {
                return true;
            }
        }

        return false;
    }

    // The end anchor of .NET also matches before a final line feed, so the whole length is compared.
    private static bool Matches(Regex pattern, string text)
    {
        foreach (var match in pattern.EnumerateMatches(text))
        {
            return match.Index == 0 && match.Length == text.Length;
        }

        return false;
    }
}
