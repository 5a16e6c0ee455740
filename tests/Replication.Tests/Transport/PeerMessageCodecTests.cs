using System.Buffers;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Tests.Serialization;
using Replication.Transport;

namespace Replication.Tests.Transport;

public sealed class PeerMessageCodecTests
{
    [Fact]
    public void Every_message_comes_back_as_it_was_written_whole_and_in_pieces()
    {
        foreach ((string name, PeerMessage message) in PeerMessageSamples.All())
        {
            byte[] bytes = Encode(message);
            AssertSame(name, message, PeerMessageCodec.Read(new ReadOnlySequence<byte>(bytes)));
            AssertSame(name, message, PeerMessageCodec.Read(Segments.Split(bytes, every: 3)));
        }
    }

    [Fact]
    public void There_is_a_sample_of_every_kind_that_the_assemblies_know()
    {
        var sampled = PeerMessageSamples.All()
            .Select(s => s.Message is RaftPeerMessage raft ? raft.Message.GetType() : s.Message.GetType())
            .ToHashSet();
        IEnumerable<Type> known = typeof(RaftMessage).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(RaftMessage)))
            .Concat(typeof(PeerMessage).Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(PeerMessage)) && t != typeof(RaftPeerMessage)));
        Assert.All(known, t => Assert.Contains(t, sampled));
        Assert.Equal(11, sampled.Count);
    }

    [Fact]
    public void The_wire_form_is_the_one_that_was_committed()
    {
        // A change here is a change of the protocol: raise PeerMessageCodec.Version and keep reading the old form.
        GoldenFile.AssertEqual(
            "Transport",
            "peer-messages.golden.txt",
            PeerMessageSamples.All().Select(s => $"{s.Name} {Convert.ToHexStringLower(Encode(s.Message))}"));
    }

    [Fact]
    public void Payloads_are_copies_that_outlive_the_source()
    {
        byte[] payload = [1, 2, 3];
        byte[] bytes = Encode(
            PeerMessageSamples.Append(LogId.Zero, [PeerMessageSamples.Entry(1, 1, EntryKind.Command, 1, payload)]));
        var read = (RaftPeerMessage)PeerMessageCodec.Read(new ReadOnlySequence<byte>(bytes));
        Array.Clear(bytes);
        Assert.Equal(payload, read.Entries[0].Payload.ToArray());
    }

    [Fact]
    public void Many_payloads_of_every_size_keep_their_bytes()
    {
        var random = new Random(4711);
        var entries = new LogEntry[400];
        for (int i = 0; i < entries.Length; i++)
        {
            byte[] payload = new byte[i % 50 == 49 ? random.Next(8_000, 70_000) : random.Next(0, 700)];
            random.NextBytes(payload);
            entries[i] = PeerMessageSamples.Entry(2, i + 1, EntryKind.Command, i + 1, payload);
        }

        RaftPeerMessage message = PeerMessageSamples.Append(LogId.Zero, entries);
        AssertSame("many", message, PeerMessageCodec.Read(new ReadOnlySequence<byte>(Encode(message))));
    }

    [Theory]
    [InlineData("", "can't be read")]
    [InlineData("c0", "can't be read")]
    [InlineData("9563000103c0", "kind 99 is unknown")]
    [InlineData("9509cfffffffffffffffff010206", "can't be read")]
    [InlineData("950901010206c0", "ends at offset 6")]
    [InlineData("940901010206", "has 5 fields, this one has 4")]
    [InlineData("950901000206", "node id is 0")]
    [InlineData("9509010102ff", "term is -1")]
    [InlineData("95090101ce8000000006", "node id is 2147483648")]
    public void A_message_that_makes_no_sense_is_refused_with_the_reason(string hex, string reason)
    {
        var e = Assert.Throws<MalformedMessageException>(
            () => PeerMessageCodec.Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex))));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Announced_entries_that_are_not_there_cost_no_memory()
    {
        // The head of an AppendEntries, then an array of 16 Mi entries with the bytes for none of them.
        byte[] head = Convert.FromHexString("9c0301010206" + "0000" + "ce7fffffff" + "0000c2" + "dd01000000");
        byte[] few = [.. head, .. new byte[1 << 20]];
        byte[] many = [.. head, .. new byte[17 << 20]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedMessageException>(() => PeerMessageCodec.Read(new ReadOnlySequence<byte>(few)));
        Assert.Throws<MalformedMessageException>(() => PeerMessageCodec.Read(new ReadOnlySequence<byte>(many)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Entries_that_contradict_their_headers_are_never_written()
    {
        LogEntry entry = PeerMessageSamples.Entry(1, 1, EntryKind.Command, 1, [1]);
        var message = (AppendEntries)PeerMessageSamples.Append(LogId.Zero, [entry]).Message;
        RaftPeerMessage[] contradictions =
        [
            new(new GroupId(1), message, []),
            new(new GroupId(1), message, [entry with { Id = new LogId(new Term(1), new LogIndex(2)) }]),
            new(new GroupId(1), message, [entry with { Payload = new byte[2] }]),
            new(new GroupId(1), message with { LastIndex = LogIndex.Zero }, [entry]),
            new(new GroupId(1), new TimeoutNow { From = new NodeId(1), To = new NodeId(2), Term = new Term(1) },
                [entry]),
        ];
        Assert.All(contradictions, m => Assert.Throws<ArgumentException>(() => Encode(m)));
    }

    internal static byte[] Encode(PeerMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        PeerMessageCodec.Write(message, output);
        return output.WrittenSpan.ToArray();
    }

    private static void AssertSame(string name, PeerMessage expected, PeerMessage actual)
    {
        Assert.True(expected.GetType() == actual.GetType() && expected.Group == actual.Group, name);
        Assert.Equal(expected.IsBulk, actual.IsBulk);
        Assert.Equal(expected.SizeBytes, actual.SizeBytes);

        // Bytes hold every field, so equal bytes are equal messages; the core's record is compared as itself besides.
        Assert.Equal(Encode(expected), Encode(actual));
        if (expected is RaftPeerMessage raft && raft.Message is not AppendEntries)
        {
            Assert.Equal(raft.Message, ((RaftPeerMessage)actual).Message);
        }
        else if (expected is RaftPeerMessage { Message: AppendEntries append } bulk)
        {
            var read = (RaftPeerMessage)actual;
            var readAppend = (AppendEntries)read.Message;
            Assert.Equal(append.Entries.ToArray(), readAppend.Entries.ToArray());
            Assert.Equal(append with { Entries = default }, readAppend with { Entries = default });
            Assert.Equal(bulk.Entries.Select(e => (e.Id, e.Kind, e.Timestamp)),
                read.Entries.Select(e => (e.Id, e.Kind, e.Timestamp)));
            Assert.Equal(bulk.Entries.Select(e => e.Payload.ToArray()), read.Entries.Select(e => e.Payload.ToArray()));
        }
        else if (expected is ForwardedProposal proposal)
        {
            Assert.Equal(proposal.RequestId, ((ForwardedProposal)actual).RequestId);
            Assert.Equal(proposal.Term, ((ForwardedProposal)actual).Term);
            Assert.Equal(proposal.Command.ToArray(), ((ForwardedProposal)actual).Command.ToArray());
        }
        else
        {
            ProposalCompletion one = ((ForwardedProposalReply)expected).Result;
            ProposalCompletion other = ((ForwardedProposalReply)actual).Result;
            Assert.Equal(one with { Result = default }, other with { Result = default });
            Assert.Equal(one.Result.ToArray(), other.Result.ToArray());
        }
    }
}
