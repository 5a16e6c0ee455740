using System.Buffers;

namespace Replication.Grpc.Wire;

/// <summary>
/// How messages of a type become bytes and back. Both work on pooled memory that is void after they return.
/// </summary>
internal abstract class Marshaller<T>
{
    /// <summary>Gets the exact number of bytes that <see cref="Serialize"/> will write.</summary>
    public abstract int SizeOf(T message);

    public abstract void Serialize(T message, IBufferWriter<byte> output);

    public abstract T Deserialize(ReadOnlySequence<byte> bytes);
}

/// <summary>A method of a service, as both ends know it.</summary>
internal sealed class Method<TRequest, TResponse>(
    string service, string name, Marshaller<TRequest> request, Marshaller<TResponse> response)
{
    /// <summary>Gets the path on the wire: <c>/package.Service/Method</c>.</summary>
    public string FullName { get; } = $"/{service}/{name}";

    public Marshaller<TRequest> RequestMarshaller { get; } = request;

    public Marshaller<TResponse> ResponseMarshaller { get; } = response;
}
