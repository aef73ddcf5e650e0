using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions.Routing;

namespace Chela.Gateway.Tests.Sessions.Routing;

/// <summary>What people of a channel are called never changes where in a session key it stands, nor whose it is.</summary>
[Trait("Requirement", "B3")]
public sealed class KeyWordTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("+49.170@example-mail_a=b", "+49.170@example-mail_a=b")]
    [InlineData("Anna", "%0041nna")]
    [InlineData("a:thread:b", "a%003athread%003ab")]
    [InlineData("%0041nna", "%00250041nna")]
    [InlineData("а", "%0430")]
    [InlineData("a\n\0 ", "a%000a%0000%0020")]
    public void Plain_ids_are_words_as_they_are_and_all_else_is_written_by_its_code(string id, string word) =>
        Assert.Equal(word, KeyWord.Of(id));

    [Fact]
    public void What_is_empty_or_too_long_is_its_digest()
    {
        var longest = new string('a', KeyWord.MaxLength);
        string[] digests = [KeyWord.Of(""), KeyWord.Of(longest + "a"), KeyWord.Of(longest + "b"), KeyWord.Of(new string('A', 26)), KeyWord.DigestOf(longest)];

        Assert.Equal(longest, KeyWord.Of(longest));
        Assert.All(digests, digest => Assert.Matches("^~[0-9a-f]{64}\\z", digest));
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_126)]
    public void Two_ids_never_give_one_word_and_a_word_is_one_part_of_a_key(int seed)
    {
        var words = new Dictionary<string, string>();
        foreach (var id in HostileIds.Random(new Random(seed), 20_000))
        {
            var word = KeyWord.Of(id);

            Assert.True(words.TryAdd(word, id) || words[word] == id, $"'{id}' and '{words[word]}' are both '{word}'");
            Assert.InRange(word.Length, 1, KeyWord.MaxLength);
            Assert.DoesNotContain(':', word);
            Assert.Equal($"agent:main:{word}", SessionKey.Of("main", word).Value);
        }
    }
}
