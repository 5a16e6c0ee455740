using System.Buffers;
using System.IO.Pipelines;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Wire;

public class MessageFrameTests
{
    [Fact]
    public async Task Messages_come_out_whole_and_in_order_however_the_bytes_are_split()
    {
        for (int seed = 1; seed <= 300; seed++)
        {
            Random random = new(seed);
            List<byte[]> sent = [];
            ArrayBufferWriter<byte> wire = new();
            for (int i = random.Next(0, 20); i > 0; i--)
            {
                byte[] message =
                    new byte[random.Next(0, 3) switch { 0 => 0, 1 => random.Next(40), _ => random.Next(9000) }];
                random.NextBytes(message);
                sent.Add(message);
                MessageFrame.Write(message, RawMarshaller.Instance, wire);
            }

            List<byte[]> received = await ReadAllAsync(wire.WrittenMemory, random);

            Assert.Equal(sent.Count, received.Count);
            Assert.All(sent.Zip(received), pair => Assert.Equal(pair.First, pair.Second));
        }
    }

    [Fact]
    public async Task Garbage_ends_in_a_status_and_never_in_another_exception()
    {
        int refused = 0;
        for (int seed = 1; seed <= 500; seed++)
        {
            Random random = new(seed);
            byte[] garbage = new byte[random.Next(1, 200)];
            random.NextBytes(garbage);
            if (random.Next(2) == 0)
            {
                garbage[0] = 0;
            }

            try
            {
                await ReadAllAsync(garbage, random);
            }
            catch (RpcException e)
            {
                refused++;
                Assert.Contains(
                    e.StatusCode,
                        new[] { StatusCode.Internal, StatusCode.Unimplemented, StatusCode.ResourceExhausted });
            }
        }

        Assert.InRange(refused, 450, 500);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 9 }, StatusCode.Unimplemented)]
    [InlineData(new byte[] { 2, 0, 0, 0, 1, 9 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 9 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0 }, StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 64, 0, 1, 9 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 255, 255, 255, 255, 9 }, StatusCode.ResourceExhausted)]
    internal async Task A_bad_frame_has_its_own_status(byte[] wire, StatusCode expected)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(wire, new Random(1)));
        Assert.Equal(expected, e.StatusCode);
    }

    [Fact]
    public void A_message_of_exactly_the_limit_is_taken()
    {
        ArrayBufferWriter<byte> wire = new();
        MessageFrame.Write(new byte[100], RawMarshaller.Instance, wire);
        ReadOnlySequence<byte> buffer = new(wire.WrittenMemory);

        Assert.True(MessageFrame.TryRead(ref buffer, 100, out ReadOnlySequence<byte> message));
        Assert.Equal(100, message.Length);
        Assert.True(buffer.IsEmpty);

        ReadOnlySequence<byte> again = new(wire.WrittenMemory);
        Assert.Throws<RpcException>(() => MessageFrame.TryRead(ref again, 99, out _));
    }

    private static async Task<List<byte[]>> ReadAllAsync(ReadOnlyMemory<byte> wire, Random random)
    {
        Pipe pipe = new();
        MessageReader<ReadOnlyMemory<byte>> reader =
            new(pipe.Reader, RawMarshaller.Instance, MessageFrame.MessageBytesMaxDefault);
        List<byte[]> received = [];
        Task feeding = FeedAsync(pipe.Writer, wire, random);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            received.Add(reader.Current.ToArray());
        }

        await feeding;
        return received;
    }

    private static async Task FeedAsync(PipeWriter writer, ReadOnlyMemory<byte> wire, Random random)
    {
        while (!wire.IsEmpty)
        {
            int part = Math.Min(wire.Length, random.Next(4) == 0 ? 1 : random.Next(1, 700));
            writer.Write(wire.Span[..part]);
            wire = wire[part..];
            if (random.Next(2) == 0)
            {
                _ = writer.FlushAsync().AsTask();
                await Task.Yield();
            }
        }

        await writer.CompleteAsync();
    }
}
