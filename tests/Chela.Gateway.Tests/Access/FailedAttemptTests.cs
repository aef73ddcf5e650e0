using System.Net;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Access;

/// <summary>Who tries wrong credentials is locked out, and nobody else is.</summary>
[Trait("Requirement", "A6")]
public sealed class FailedAttemptTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FailedAttempts _attempts;

    private readonly AuditRecorder _audit = new();

    public FailedAttemptTests() => _attempts = new FailedAttempts(new ConfigStore(ConfigFixture.Load()), _audit, _time);

    [Fact]
    public void Ten_wrong_credentials_lock_a_network_out_for_five_minutes()
    {
        var client = From("203.0.113.7");

        Fail(client, 10);

        Assert.Equal(300_000, Begin(client).RetryAfterMs);
        _time.Advance(TimeSpan.FromMilliseconds(299_999));
        Assert.True(Begin(client).IsRefused);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(Begin(client).IsRefused);
    }

    [Fact]
    public void Nine_failures_do_not_lock_out_and_are_forgotten_after_a_minute()
    {
        var client = From("203.0.113.7");
        Fail(client, 9);

        _time.Advance(TimeSpan.FromMinutes(1));
        Fail(client, 9);

        Assert.False(Begin(client).IsRefused);
    }

    [Fact]
    public void A_right_credential_forgives_the_wrong_ones()
    {
        var client = From("203.0.113.7");
        Fail(client, 9);

        Begin(client).Succeed();
        Fail(client, 9);

        Assert.False(Begin(client).IsRefused);
    }

    [Fact]
    public void An_attempt_taken_back_does_not_count()
    {
        var client = From("203.0.113.7");

        for (var i = 0; i < 50; i++)
        {
            Begin(client).Withdraw();
        }

        Assert.False(Begin(client).IsRefused);
        Assert.Equal(1, _attempts.Count);
    }

    /// <summary>CVE-2026-34505, CVE-2026-33580: who hangs up before the answer has guessed all the same.</summary>
    [Fact]
    public void Rate_limit_counts_before_auth()
    {
        var client = From("203.0.113.7");
        Fail(client, 1);

        var sideBySide = Enumerable.Range(0, 20).Select(_ => Begin(client)).ToList();
        sideBySide.ForEach(attempt => attempt.Dispose());

        Assert.Equal(9, sideBySide.Count(attempt => !attempt.IsRefused));
        Assert.True(Begin(client).RetryAfterMs > 1_000);
    }

    [Fact]
    public void A_crowd_with_the_right_secret_is_let_in_together()
    {
        var client = From("203.0.113.7");

        var crowd = Enumerable.Range(0, 100).Select(_ => Begin(client)).ToList();

        Assert.DoesNotContain(crowd, attempt => attempt.IsRefused);
        crowd.ForEach(attempt => attempt.Succeed());
        Assert.Equal(0, _attempts.Count);
    }

    /// <summary>GHSA-5847.</summary>
    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    public void Ipv4_mapped_addresses_and_one_64_network_share_a_budget(string one, string other)
    {
        Fail(From(one), 10);

        Assert.True(Begin(From(other)).IsRefused);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.8")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    public void Another_network_is_not_locked_out_with_the_first(string one, string other)
    {
        Fail(From(one), 10);

        Assert.False(Begin(From(other)).IsRefused);
    }

    [Fact]
    public void A_right_device_token_does_not_forgive_wrong_secrets()
    {
        var client = From("203.0.113.7");
        Fail(client, 10);

        using var device = _attempts.Begin(AttemptKind.DeviceToken, client, null);
        Assert.False(device.IsRefused);
        device.Succeed();

        Assert.True(Begin(client).IsRefused);
    }

    [Fact]
    public void This_machine_is_never_locked_out_but_waits_twice_as_long_each_time()
    {
        var local = From("127.0.0.1") with { IsLocal = true };

        var delays = Enumerable.Range(0, 7).Select(_ =>
        {
            var attempt = Begin(local);
            attempt.Fail();
            return attempt.Delay.TotalMilliseconds;
        }).ToList();
        Fail(local, 20);

        Assert.Equal([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000], delays);
        Assert.False(Begin(local).IsRefused);
    }

    /// <summary>CVE-2026-26316, CVE-2026-29613, CVE-2026-32896.</summary>
    [Fact]
    public void Loopback_behind_a_proxy_gives_no_trust()
    {
        var proxied = From("127.0.0.1");

        Fail(proxied, 10);

        Assert.True(Begin(proxied).IsRefused);
    }

    /// <summary>ClawJacked: a page that the user visits guesses from loopback.</summary>
    [Fact]
    public void A_browser_page_on_loopback_is_locked_out_and_another_page_is_not()
    {
        var local = From("127.0.0.1") with { IsLocal = true };
        for (var i = 0; i < 10; i++)
        {
            _attempts.Begin(AttemptKind.SharedSecret, local, "https://evil.example").Fail();
        }

        Assert.True(_attempts.Begin(AttemptKind.SharedSecret, local, "https://evil.example").IsRefused);
        Assert.False(_attempts.Begin(AttemptKind.SharedSecret, local, "http://localhost:3000").IsRefused);
        Assert.False(Begin(local).IsRefused);
    }

    /// <summary>CVE-2026-28461.</summary>
    [Fact]
    public void Rate_limit_map_is_bounded_under_key_churn()
    {
        for (var i = 0; i < 25_000; i++)
        {
            Fail(From(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]).ToString()), 1);
        }

        Assert.InRange(_attempts.Count, 1, FailedAttempts.MaxRecords);
    }

    [Fact]
    public void Churn_does_not_free_who_is_locked_out()
    {
        var guesser = From("203.0.113.7");
        Fail(guesser, 10);

        for (var i = 0; i < 12_000; i++)
        {
            Fail(From(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]).ToString()), 1);
        }

        Assert.True(Begin(guesser).IsRefused);
    }

    [Fact]
    public void A_table_full_of_locked_networks_refuses_strangers_and_opens_again_when_they_are_free()
    {
        for (var i = 0; i < FailedAttempts.MaxRecords; i++)
        {
            Fail(From(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]).ToString()), 10);
        }

        var stranger = From("203.0.113.7");
        Assert.Equal(300_000, Begin(stranger).RetryAfterMs);
        Assert.False(Begin(From("127.0.0.1") with { IsLocal = true }).IsRefused);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(Begin(stranger).IsRefused);
        Assert.InRange(_attempts.Count, 1, FailedAttempts.MaxRecords);
    }

    private static RequestSource From(string address) =>
        new(IPAddress.Parse(address), IPAddress.Parse(address), new HostString("gateway.example"));

    private Attempt Begin(RequestSource source) => _attempts.Begin(AttemptKind.SharedSecret, source, null);

    private void Fail(RequestSource source, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Begin(source).Fail();
        }
    }
}
