using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;

namespace Replication.Tests.StateMachines;

public sealed class CommandEnvelopeTests
{
    private static readonly (string Name, CommandEnvelope Envelope, byte[] Command)[] Samples =
    [
        ("command", CommandEnvelope.ForCommand(default), [1, 2, 3]),
        ("command-empty", CommandEnvelope.ForCommand(default), []),
        ("session-command", CommandEnvelope.ForCommand(new RequestId(300, 2, 1)), [0xff]),
        ("session-command-largest",
            CommandEnvelope.ForCommand(new RequestId(long.MaxValue, long.MaxValue, long.MaxValue)), [0]),
        ("open-session", CommandEnvelope.ForOpening(TimeSpan.FromHours(1)), []),
        ("open-session-longest", CommandEnvelope.ForOpening(SessionLimits.TimeoutMax), []),
        ("close-session", CommandEnvelope.ForClosing(70_000), []),
    ];

    [Fact]
    public void An_envelope_comes_back_with_its_command_and_its_size_was_foretold()
    {
        foreach ((string name, CommandEnvelope envelope, byte[] command) in Samples)
        {
            byte[] payload = envelope.ToPayload(command);
            Assert.Equal(envelope.SizeBytes() + command.Length, payload.Length);
            Assert.True(CommandEnvelope.TryRead(payload, out CommandEnvelope read, out ReadOnlySpan<byte> body), name);
            Assert.Equal(envelope, read);
            Assert.Equal(command, body.ToArray());
            Assert.True(CommandEnvelope.TryReadKnown(payload, out _, out _));
        }
    }

    [Fact]
    public void The_form_in_the_log_is_the_one_that_was_committed() => GoldenFile.AssertEqual(
        "StateMachines",
        "envelopes.golden.txt",
        Samples.Select(s => $"{s.Name} {Convert.ToHexStringLower(s.Envelope.ToPayload(s.Command))}"));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("c0")]
    [InlineData("01")]
    [InlineData("0100")]
    [InlineData("0105")]
    [InlineData("01020101")]
    [InlineData("0102000101")]
    [InlineData("0102010001")]
    [InlineData("0102010102")]
    [InlineData("01020101ff")]
    [InlineData("010300")]
    [InlineData("0103cd03e8ff")]
    [InlineData("010401ff")]
    public void A_malformed_payload_is_answered_and_executes_nothing(string hex)
    {
        byte[] payload = Convert.FromHexString(hex);
        Assert.False(CommandEnvelope.TryReadKnown(payload, out _, out _));
        using var replica = new TestReplica();
        string before = replica.StateHash();
        ReadOnlyMemory<byte> result = replica.Apply(TestReplica.Entry(1, 1, payload));
        Assert.Equal([(byte)CommandResultCode.Malformed], result.ToArray());
        Assert.Equal(before, replica.StateHash());
        Assert.Throws<ReplicationException>(
            () => CommandResult.Read(new ProposalCompletion { Outcome = WriteOutcome.Committed, Result = result }));
    }

    [Fact]
    public void A_payload_of_a_newer_release_stops_the_node_rather_than_be_skipped()
    {
        using var replica = new TestReplica();
        Assert.Throws<NewerFormatException>(() => replica.Apply(TestReplica.Entry(1, 1, [2, 1])));
        Assert.False(CommandEnvelope.TryReadKnown([2, 1], out _, out _));
    }

    [Fact]
    public void Random_payloads_are_read_or_refused_and_what_is_read_is_written_the_same()
    {
        var random = new Random(8);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] payload = new byte[random.Next(0, 30)];
            random.NextBytes(payload);
            if (payload.Length > 1)
            {
                payload[0] = CommandEnvelope.Format;
                payload[1] = (byte)random.Next(0, 6);
            }

            if (!CommandEnvelope.TryReadKnown(payload, out _, out _))
            {
                refused++;
                continue;
            }

            read++;
            Assert.True(CommandEnvelope.TryRead(payload, out CommandEnvelope envelope, out ReadOnlySpan<byte> body));
            byte[] again = envelope.ToPayload(body);
            Assert.True(CommandEnvelope.TryRead(again, out CommandEnvelope second, out ReadOnlySpan<byte> secondBody));
            Assert.Equal(envelope, second);
            Assert.True(body.SequenceEqual(secondBody));
        }

        Assert.True(read > 5_000 && refused > 5_000, $"{read} read, {refused} refused.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0a")]
    public void A_result_that_is_none_is_an_error(string hex) =>
        Assert.Throws<ReplicationException>(() => CommandResult.Read(
        new ProposalCompletion { Outcome = WriteOutcome.Committed, Id = new LogId(new Term(1), new LogIndex(2)),
            Result = Convert.FromHexString(hex) }));
}
