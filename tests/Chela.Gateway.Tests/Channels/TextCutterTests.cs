using Chela.Gateway.Channels;

namespace Chela.Gateway.Tests.Channels;

[Trait("Requirement", "C4")]
public sealed class TextCutterTests
{
    private const int Max = 100;
    private static readonly string[] Words = ["a", "longer", "Sentence. ", "\n", "\n\n", "```", "```csharp\n", "\n```\n", " ", "😀", new string('x', 150), "é。"];

    [Fact]
    public void A_text_that_fits_is_one_piece()
    {
        var text = new string('x', Max);

        Assert.Equal([Max], TextCutter.Cut(text, Max));
        Assert.Equal(text, TextCutter.Piece(text, [Max], 0));
    }

    [Theory]
    [InlineData("\n\n", "\n")]
    [InlineData("\n", " ")]
    [InlineData(". ", " ")]
    [InlineData(" ", "x")]
    public void It_is_cut_at_the_best_place_of_the_second_half(string best, string worse)
    {
        var text = new string('a', 40) + best + "b" + worse + new string('c', 100);

        Assert.StartsWith("b", TextCutter.Piece(text, TextCutter.Cut(text, Max), 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_of_code_that_is_cut_is_closed_and_opened_again()
    {
        var code = string.Join('\n', Enumerable.Range(0, 10).Select(n => $"line {n} of the code"));
        var text = $"Look:\n\n```csharp\n{code}\n```\nThat is all.";
        var lengths = TextCutter.Cut(text, Max);
        var pieces = lengths.Select((_, number) => TextCutter.Piece(text, lengths, number)).ToList();

        Assert.True(pieces.Count > 2);
        Assert.All(pieces.SkipLast(1), piece => Assert.EndsWith("\n```", piece, StringComparison.Ordinal));
        Assert.All(pieces.Skip(1), piece => Assert.StartsWith("```csharp\n", piece, StringComparison.Ordinal));
        Assert.EndsWith("That is all.", pieces[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_no_piece_is_too_long_and_nothing_is_lost_or_torn()
    {
        var random = new Random(20261125);
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Words[random.Next(Words.Length)]));
            var lengths = TextCutter.Cut(text, Max);
            var pieces = lengths.Select((_, number) => TextCutter.Piece(text, lengths, number)).ToList();

            Assert.Equal(text.Length, lengths.Sum());
            Assert.All(pieces, piece => Assert.True(piece.Length <= Max, $"{piece.Length} characters: {piece}"));
            Assert.All(pieces, piece => Assert.False(piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]))));
            Assert.True(Holds(string.Concat(pieces), text.Where(c => c is not ('`' or '\n'))), $"something of this was lost: {text}");
        }
    }

    /// <summary>True when the letters are there in their order; between them may stand what opens a block of code again.</summary>
    private static bool Holds(string pieces, IEnumerable<char> letters)
    {
        var at = -1;
        return letters.All(letter => (at = pieces.IndexOf(letter, at + 1)) >= 0);
    }
}
