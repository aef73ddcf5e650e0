using Chela.Gateway.Logs;

namespace Chela.Gateway.Tests.Logs;

[Trait("Requirement", "A8")]
public sealed class LogSecretsTests
{
    [Fact]
    public void Secrets_known_from_the_start_and_those_made_later_are_hidden()
    {
        var secrets = new LogSecrets(["the first secret", null]);

        secrets.Add("the \"second\" secret");

        Assert.Equal("""{"0":"*** and ***"}""", secrets.Hide("""{"0":"the first secret and the \"second\" secret"}"""));
    }

    [Fact]
    public void However_many_are_made_the_last_ones_and_the_first_are_hidden()
    {
        var secrets = new LogSecrets(["the first secret"]);
        var made = Enumerable.Range(100, 50).Select(number => $"secret {number} of many").ToList();

        made.ForEach(secrets.Add);

        Assert.All(made.TakeLast(5).Append("the first secret"), secret => Assert.Equal("***", secrets.Hide(secret)));
    }

    [Fact]
    public void A_word_too_short_to_be_a_secret_hides_nothing()
    {
        var secrets = new LogSecrets([]);

        secrets.Add("word");

        Assert.Equal("a word", secrets.Hide("a word"));
    }
}
