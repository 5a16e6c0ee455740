using System.Buffers;
using System.Net.Sockets;
using Replication.Grpc.Peers;
using Replication.Grpc.Wire;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

/// <summary>What a peer connection is on the wire, byte by byte.</summary>
internal static class RawPeer
{
    /// <summary>Sends the preface and some frames, and reads the answer.</summary>
    public static async Task<(PeerHello Hello, PeerStream Stream)> AnswerAsync(
        Uri address, byte[] frames, int pieceBytes = int.MaxValue)
    {
        using TcpClient client = await ConnectAsync(address);
        byte[] all = [.. PeerProtocol.Preface, .. frames];
        foreach (byte[] piece in all.Chunk(Math.Min(pieceBytes, all.Length)))
        {
            await client.GetStream().WriteAsync(piece);
        }

        return PeerProtocol.Read(new ReadOnlySequence<byte>(await ReadFrameAsync(client.GetStream())));
    }

    public static async Task<TcpClient> ConnectAsync(Uri address)
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    public static async Task<byte[]> ReadFrameAsync(Stream stream)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        byte[] header = new byte[MessageFrame.HeaderBytes];
        await stream.ReadExactlyAsync(header, limit.Token);
        byte[] message = new byte[MessageFrame.LengthOf(header, PeerProtocol.MessageBytesMax)];
        await stream.ReadExactlyAsync(message, limit.Token);
        return message;
    }
}
