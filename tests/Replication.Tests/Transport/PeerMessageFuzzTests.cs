using System.Buffers;
using Replication.Errors;
using Replication.Transport;

namespace Replication.Tests.Transport;

/// <summary>Damaged messages: another message or a MalformedMessageException, never anything else, never much
/// memory.</summary>
public sealed class PeerMessageFuzzTests
{
    private const int Seed = 27_182;

    [Fact]
    public void Every_cut_of_every_message_is_refused()
    {
        foreach ((string name, PeerMessage message) in PeerMessageSamples.All())
        {
            byte[] bytes = PeerMessageCodecTests.Encode(message);
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.False(Attempt(bytes.AsMemory(0, length)), $"{name} cut at {length} was read.");
            }

            Assert.False(Attempt((byte[])[.. bytes, 0]), $"{name} with a byte more was read.");
        }
    }

    [Fact]
    public void Every_flipped_bit_gives_a_message_or_a_refusal()
    {
        int read = 0;
        int refused = 0;
        foreach ((_, PeerMessage message) in PeerMessageSamples.All())
        {
            byte[] bytes = PeerMessageCodecTests.Encode(message);
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                byte[] damaged = (byte[])bytes.Clone();
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                _ = Attempt(damaged) ? read++ : refused++;
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused: the damage proves little.");
    }

    [Fact]
    public void Random_damage_gives_a_message_or_a_refusal_and_takes_little_memory()
    {
        var random = new Random(Seed);
        byte[][] originals = PeerMessageSamples.All().Select(s => PeerMessageCodecTests.Encode(s.Message)).ToArray();
        byte[] codes = [0xc4, 0xc5, 0xc6, 0xdc, 0xdd, 0xde, 0xdf, 0xcf, 0xd3, 0xff, 0x7f, 0xc1, 0xc0];
        int refused = 0;
        for (int round = 0; round < 40_000; round++)
        {
            byte[] bytes = (byte[])originals[random.Next(originals.Length)].Clone();
            for (int hits = random.Next(1, 5); hits > 0; hits--)
            {
                int at = random.Next(bytes.Length);
                bytes[at] = random.Next(2) == 0 ? codes[random.Next(codes.Length)] : (byte)random.Next(256);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            refused += Attempt(bytes) ? 0 : 1;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 64 << 10, $"Round {round}: {bytes.Length} bytes made {allocated} bytes.");
        }

        Assert.InRange(refused, 10_000, 39_999);
    }

    private static bool Attempt(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // What was read can be written again: nothing half-valid gets through.
            PeerMessageCodecTests.Encode(PeerMessageCodec.Read(new ReadOnlySequence<byte>(bytes)));
            return true;
        }
        catch (MalformedMessageException)
        {
            return false;
        }
    }
}
