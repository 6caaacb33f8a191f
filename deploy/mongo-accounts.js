// Makes MongoDB a replica set of one, and an account for each node, which may read and write the node's databases and no others.
// Passwords come as <NODE>_MONGO_PASSWORD. Made anew at every start, so that a password can be changed.
const admin = db.getSiblingDB('admin');
try {
  rs.status();
} catch {
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
while (!db.hello().isWritablePrimary) sleep(200);

for (const [node, services] of Object.entries(JSON.parse(process.env.NODES))) {
  const pwd = process.env[`${node.toUpperCase()}_MONGO_PASSWORD`];
  const roles = ['node', ...services].map((service) => ({ role: 'readWrite', db: `${node}-${service}` }));
  if (admin.getUser(node)) admin.updateUser(node, { pwd, roles });
  else admin.createUser({ user: node, pwd, roles });
}
