using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Harness.Drivers;

/// <summary>A connection to a Redis server, with as much of its protocol as a few commands need. One call at a
/// time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly byte[] _one = new byte[1];

    private RedisConnection(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <summary>Dials.</summary>
    /// <exception cref="SocketException">Nobody answers.</exception>
    public static async Task<RedisConnection> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        TcpClient client = new() { NoDelay = true };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            return new RedisConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and waits for the answer.</summary>
    /// <returns>A text or a number; null for nothing.</returns>
    /// <exception cref="RedisErrorException">The server refused it: nothing was executed.</exception>
    /// <exception cref="IOException">The connection is lost; the command may have been executed.</exception>
    public async Task<string?> CallAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        StringBuilder request = new();
        request.Append(CultureInfo.InvariantCulture, $"*{words.Count}\r\n");
        foreach (string word in words)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), cancellationToken).ConfigureAwait(false);
        string line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line[0] switch
        {
            '+' or ':' => line[1..],
            '-' => throw new RedisErrorException(line[1..]),
            '$' when line == "$-1" => null,
            '$' => await ReadTextAsync(int.Parse(line[1..], CultureInfo.InvariantCulture), cancellationToken)
                .ConfigureAwait(false),
            _ => throw new IOException($"Redis answered {line}."),
        };
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> ReadTextAsync(int length, CancellationToken cancellationToken)
    {
        byte[] text = new byte[length + 2];
        await _stream.ReadExactlyAsync(text, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text, 0, length);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        StringBuilder line = new();
        while (line.Length < 2 || line[^1] != '\n')
        {
            await _stream.ReadExactlyAsync(_one, cancellationToken).ConfigureAwait(false);
            line.Append((char)_one[0]);
        }

        return line.ToString(0, line.Length - 2);
    }
}
